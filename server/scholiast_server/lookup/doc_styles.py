"""How each language writes a doc comment: facts in, lines out. Must not know where the facts come from."""

from __future__ import annotations

import html
import textwrap
from collections.abc import Callable, Sequence
from typing import Literal

import msgspec

from scholiast_server.lookup.comment_marks import line_marks
from scholiast_server.lookup.comment_safety import harmless, plain_lines
from scholiast_server.lookup.limits import WIDTH
from scholiast_server.lookup.signatures import Parameter
from scholiast_server.models.extractive.phrasing import listing


class Facts(msgspec.Struct, frozen=True):
    """What the text of one definition shows."""

    name: str
    calls: tuple[str, ...] = ()
    bases: tuple[str, ...] = ()
    members: tuple[str, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    result: str = ""
    raises: tuple[str, ...] = ()
    said: str = ""
    """What somebody says of it, in place of a first sentence made of these; one paragraph of plain text."""


class Style(msgspec.Struct, frozen=True):
    """Where a doc comment stands, and how it is written."""

    place: Literal["above", "inside"]
    write: Callable[[Facts], list[str]]


def style_of(language: str) -> Style | None:
    """None for languages without comments of their own."""
    if language == "python":
        return Style("inside", _docstring)
    if language == "go":
        return Style("above", _go)
    if language == "csharp":
        return Style("above", _xml)
    if language in {"rust", "zig", "swift"}:
        return Style("above", lambda facts: _marked("///", _sentence_lines(facts), language))
    if language in _TAGS:
        return Style("above", lambda facts: _tagged(facts, language))
    marks = line_marks(language)
    return Style("above", lambda facts: _marked(marks[0], _sentence_lines(facts), language)) if marks else None


def summary(facts: Facts) -> str:
    """The first sentence; empty when the text shows nothing worth one."""
    if facts.said:
        return facts.said
    if facts.bases:
        return f"Extends {_coded(facts.bases)}."
    if facts.members:
        return f"Holds {_coded(facts.members)}."
    if facts.calls:
        return f"Calls {_coded(facts.calls)}."
    if facts.result:
        return f"Returns `{facts.result}`."
    if facts.raises:
        return f"Raises {_coded(facts.raises)}."
    return f"Takes {_coded([parameter.name for parameter in facts.parameters])}." if facts.parameters else ""


def _docstring(facts: Facts) -> list[str]:
    lines = _summary_lines(facts)
    if any(parameter.kind or parameter.default for parameter in facts.parameters):
        lines += ["", "Args:", *(f"    {parameter.name}: {_described(parameter)}" for parameter in facts.parameters)]
    if facts.result and not _is_said(facts.result, lines[0]):
        lines += ["", "Returns:", f"    `{facts.result}`."]
    if facts.raises and not lines[0].startswith("Raises"):
        lines += ["", "Raises:", *(f"    {kind}" for kind in facts.raises)]
    safe = [plain_lines(line).replace("\\", "\\\\").replace('"""', "'''") for line in lines]
    if len(safe) == 1:
        return [f'"""{safe[0]}"""']
    return [f'"""{safe[0]}', *safe[1:], '"""']


def _described(parameter: Parameter) -> str:
    kind = f"`{parameter.kind}`" if parameter.kind else ""
    default = f"`{parameter.default}` by default" if parameter.default else ""
    return "; ".join(part for part in (kind, default) if part) + "." if kind or default else "As it is passed on."


def _go(facts: Facts) -> list[str]:
    """Go's sentences begin with the name, and know no backticks."""
    said = [sentence.replace("`", "").rstrip(".") for sentence in _sentences(facts)]
    first, *others = said or [""]
    text = f"{first}." if first.startswith(f"{facts.name} ") else f"{facts.name} {first[:1].lower()}{first[1:]}."
    text += "".join(
        f" It {sentence[:1].lower()}{sentence[1:]}." for sentence in others if not sentence.startswith("Takes")
    )
    return _marked("//", _wrapped(text) if facts.said else [text], "go")


def _xml(facts: Facts) -> list[str]:
    said = "\n".join(html.escape(line, quote=False) for line in _summary_lines(facts))
    lines = f"<summary>{said}</summary>".split("\n")
    lines += [f'<param name="{html.escape(found.name)}"></param>' for found in facts.parameters]
    if facts.result:
        lines.append(f"<returns><c>{html.escape(facts.result, quote=False)}</c></returns>")
    lines += [f'<exception cref="{html.escape(kind)}"></exception>' for kind in facts.raises]
    return _marked("///", lines, "csharp")


class _Tags(msgspec.Struct, frozen=True):
    opening: str
    before: str
    closing: str
    result: str
    raised: str


_JAVADOC = _Tags("/**", " * ", " */", "@return", "@throws")
_JSDOC = _Tags("/**", " * ", " */", "@returns", "@throws")
_TAGS: dict[str, _Tags] = {
    **dict.fromkeys(("java", "kotlin", "scala", "php", "c", "cpp", "objc", "groovy"), _JAVADOC),
    **dict.fromkeys(("javascript", "typescript", "tsx", "vue", "svelte"), _JSDOC),
    "ruby": _Tags("", "# ", "", "@return", "@raise"),
    "lua": _Tags("", "--- ", "", "@return", "@raise"),
}


def _tagged(facts: Facts, language: str) -> list[str]:
    tags = _TAGS[language]
    lines = _summary_lines(facts)
    listed = [_tagged_parameter(parameter, language) for parameter in facts.parameters]
    if facts.result and not _is_said(facts.result, lines[0]):
        listed.append(f"{tags.result} {facts.result if language in {'php', 'lua'} else f'`{facts.result}`'}")
    listed += [f"{tags.raised} {f'[{kind}]' if language == 'ruby' else kind}" for kind in facts.raises]
    lines += ["", *listed] if listed else []
    body = [(tags.before + harmless(plain_lines(line), language)).rstrip() for line in lines]
    return [line for line in (tags.opening, *body, tags.closing) if line]


def _tagged_parameter(parameter: Parameter, language: str) -> str:
    if language == "php":
        return f"@param {parameter.kind} ${parameter.name}".replace("  ", " ")
    default = f" - `{parameter.default}` by default" if parameter.default else ""
    return f"@param {parameter.name}{default}"


def _sentences(facts: Facts) -> list[str]:
    said = [summary(facts)]
    if facts.parameters and not said[0].startswith("Takes"):
        said.append(f"Takes {_coded([parameter.name for parameter in facts.parameters])}.")
    if facts.result and not said[0].startswith("Returns"):
        said.append(f"Returns `{facts.result}`.")
    if facts.raises and not said[0].startswith("Raises"):
        said.append(f"Raises {_coded(facts.raises)}.")
    return said


def _sentence_lines(facts: Facts) -> list[str]:
    first, *others = _sentences(facts)
    return [*(_wrapped(first) if facts.said else [first]), *others]


def _summary_lines(facts: Facts) -> list[str]:
    """What is said of it in lines of a readable length; a first sentence made of facts is one line, as it is short."""
    return _wrapped(facts.said) if facts.said else [summary(facts)]


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, break_long_words=False, break_on_hyphens=False) or [""]


def _is_said(result: str, line: str) -> bool:
    return f"`{result}`" in line


def _marked(mark: str, lines: Sequence[str], language: str) -> list[str]:
    return [f"{mark} {harmless(plain_lines(line), language)}".rstrip() for line in lines]


def _coded(names: Sequence[str]) -> str:
    return listing([f"`{name}`" for name in names])
