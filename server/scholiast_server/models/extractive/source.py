"""What a piece of source calls, extends, raises and says in comments, read from its text; knows no files.

A tree would know better, but evidence is text, of any language: strings and comments are blanked first, and
only names that stand in the text are ever given back.
"""

from __future__ import annotations

import re
from functools import lru_cache

from scholiast_server.models.sentences import word_set

HASH_COMMENTS = word_set(
    """
    python ruby bash shell elixir perl r julia yaml toml make dockerfile nix php crystal nim tcl fish hcl
    """
)
DASH_COMMENTS = frozenset(["lua", "sql", "haskell", "elm", "ada", "vhdl"])
PROSE = frozenset(["markdown", "rst", "text", "asciidoc", "org", "html"])
DATA = frozenset(["yaml", "toml", "json", "ini", "dotenv", "xml", "hcl", "gomod", "properties"])

_TRIPLE = r'"""(?:.|\n)*?(?:"""|\Z)|\'\'\'(?:.|\n)*?(?:\'\'\'|\Z)'
_STRINGS = r'"(?:\\.|[^"\\\n])*"' + r"|(?<!\w)'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`"
_RUST_STRINGS = r'"(?:\\(?:.|\n)|[^"\\])*"' + r"|'(?:\\.[^'\n]*|[^'\\\n])'"
_SLASHES = r"/\*(?:.|\n)*?(?:\*/|\Z)|//[^\n]*"
_CALL = re.compile(r"(?<![\w$])([A-Za-z_$][\w$]*[!?]?)(?:::<[^<>()]*>)?\(")
_DECLARED = re.compile(r"(?:\b(?:def|func|fn|function|class|sub|defp|defmacro|macro|fun)\s+|@)[\w.$:]*$")
KEYWORDS = word_set(
    """
    if for while switch return catch elif with assert not and or in is lambda yield raise throw await async
    new del print sizeof typeof function func fn def class super match when unless until except defined
    alignof decltype static_assert do else case try import from export const let var void int char bool
    string this self end begin then where move unsafe impl pub use mod some none ok err vec println printf
    fprintf assert_eq debug_assert format panic require len str list dict set tuple range isinstance getattr
    setattr hasattr type repr append push make cap copy delete local pairs ipairs foreach isset empty array
    unset exit die echo int8_t uint8_t size_t
    """
)
_RAISE = re.compile(
    r"\b(?:raise|throw|throws)\s+(?:new\s+)?(?P<type>[A-Za-z_][\w.:]*)(?:\s*\(\s*[fbru]?(?P<q>[\"'`])(?P<message>[^\"'`\n{}%\\]{8,100}?)[.:]?\s*(?P=q))?"
)
_RETURNS = re.compile(r"\)\s*(?:->|:|(?=[*\[\w]))\s*(?P<type>[A-Za-z_*\[&][^`{}()=;]{0,40}?)\s*[:;{]?\s*$")
_BASES = (
    re.compile(r"\bclass\s+\w+\s*\((?P<bases>[^()]*)\)"),  # Python
    re.compile(
        r"\bclass\s+[\w:]+\s+<\s*(?P<bases>[A-Z][\w:]*)"
    ),  # Ruby, with a space where others have type parameters
    re.compile(
        r"\b(?:extends|implements)\s+(?P<bases>[\w.,\s<>]+?)(?=\bimplements\b|\bextends\b|\bpermits\b|\bwith\b|\{|$)"
    ),
    re.compile(
        r"\bclass\s+\w+(?:<[^{]*?>)?(?:\([^()]*\))?\s*:\s*(?P<bases>(?:public\s+)?[\w:.,\s<>()]+?)(?=\{|$)"
    ),  # C++, C#, Kotlin
    re.compile(r"\bimpl(?:<[^{]*?>)?\s+(?P<bases>[\w:]+)(?:<[^{]*?>)?\s+for\b"),  # Rust
)


@lru_cache(maxsize=256)
def code_only(text: str, language: str) -> str:
    """The text with strings and comments blanked, line breaks and length kept."""
    return _noise(language).sub(lambda match: re.sub(r"[^\n]", " ", match.group()), text)


def calls(text: str, language: str) -> tuple[str, ...]:
    """The last names of what the text calls, each once, in order (`self.app.add(x)` gives `add`)."""
    code = code_only(text, language)
    found: dict[str, None] = {}
    for match in _CALL.finditer(code):
        name = match.group(1)
        is_error = name.endswith(("Error", "Exception"))
        if (
            not is_error
            and not name.startswith("$")
            and name.lower() not in KEYWORDS
            and len(name) > 2
            and not _DECLARED.search(code[max(0, match.start() - 60) : match.start()])
        ):
            found.setdefault(name)
    return tuple(found)


def mentions(name: str, text: str, language: str) -> bool:
    """Whether the text, strings and comments apart, holds the name whole."""
    return bool(_whole(name).search(code_only(text, language)))


def raises(text: str, language: str) -> tuple[tuple[str, str], ...]:
    """Errors raised or thrown with a literal's first words, when they stand on the same line: (type,
    message).
    """
    code = code_only(text, language)
    found: dict[str, str] = {}
    for match in _RAISE.finditer(text):
        is_code = code[match.start("type") : match.end("type")] == match["type"]
        is_type = match["type"].rpartition(".")[2][:1].isupper()
        if is_code and is_type:
            found.setdefault(match["type"], (match["message"] or "").strip())
    return tuple(found.items())


def returns(signature: str) -> str | None:
    """The type that a signature says is returned, when it says so behind the parameters."""
    match = _RETURNS.search(signature)
    found = match["type"].strip() if match else ""
    return found if found and found not in {"None", "void", "()", "error", "self", "Self", "this"} else None


def bases(signature: str) -> tuple[str, ...]:
    """Names of the types that a type's signature extends or implements."""
    found: dict[str, None] = {}
    for pattern in _BASES:
        for match in pattern.finditer(signature):
            for part in _without_type_arguments(match["bases"]).split(","):
                name = re.sub(r"\b(?:public|private|protected|virtual)\b|\(.*|.*=.*", "", part).strip()
                if re.fullmatch(r"[A-Za-z_][\w.:]*", name):
                    found.setdefault(name)
    return tuple(found)


def _without_type_arguments(names: str) -> str:
    """`Handler<Map<String, T>>` → `Handler`."""
    shorter = re.sub(r"<[^<>]*>", "", names)
    return names if shorter == names else _without_type_arguments(shorter)


def comments(text: str, language: str) -> list[str]:
    """Comments inside the text, neighbouring lines in one, marks removed, first to last."""
    if language in PROSE:
        return []
    found: list[str] = []
    previous_end = -2
    mark = re.compile(_comment(language))
    for match in _noise(language).finditer(text):
        if not mark.fullmatch(match.group()):
            continue
        words = re.sub(r"^[ \t]*(?:/\*+!?|\*+/?|//+!?|#+|--+)[ \t]?|\*+/\s*$", "", match.group(), flags=re.M)
        joins = (
            found
            and text[previous_end : match.start()].strip() == ""
            and text.count("\n", previous_end, match.start()) == 1
        )
        if joins:
            found[-1] += "\n" + words.strip()
        else:
            found.append(words.strip())
        previous_end = match.end()
    return [comment for comment in found if comment]


@lru_cache(maxsize=64)
def _whole(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w$]){re.escape(name)}(?![\w$])")


@lru_cache(maxsize=64)
def _noise(language: str) -> re.Pattern[str]:
    strings = _RUST_STRINGS if language in {"rust", "c", "cpp", "haskell", "ocaml"} else f"{_TRIPLE}|{_STRINGS}"
    return re.compile(f"{_comment(language)}|{strings}")


def _comment(language: str) -> str:
    if language in HASH_COMMENTS:
        return r"(?<![\w$&{\"'])#[^\n]*" + (f"|{_SLASHES}" if language == "php" else "")
    if language in DASH_COMMENTS:
        return r"--\[\[(?:.|\n)*?(?:\]\]|\Z)|--[^\n]*"
    return _SLASHES
