"""Text from code as Markdown that shows it and does nothing else. Must not know cards or links' targets.

Whatever a doc comment, a signature, a symbol or a file is called: it makes no link, image, HTML, heading or fence.
Addresses in it become code, because renderers link bare ones, and those of some schemes (`command:`) act.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from scholiast_server.models.sentences import INLINE_CODE

_ADDRESS = re.compile(
    r"(?:[A-Za-z][A-Za-z0-9+.-]*:(?:/|\\)+|www\.|(?:command|javascript|vbscript|data|mailto|file|vscode[\w-]*):)\S*"
    r"|[\w.+-]{0,64}\w@\w\S*",
    re.I,
)
_ACTIVE = re.compile(r"[\\`*\[\]<>|~]|(?<![^\W_])_|_(?![^\W_])|&(?=#?\w+;)|\$(?=[({])|!(?=\[)")
_OPENS_BLOCK = re.compile(r"^(?:(#+|[-+=>:]+)|(\d+)([.)]))(?=\s|$|[-=+>])")
_TARGET_BREAKERS = re.compile(r"""[\s()<>\\"'`\[\]{}|^\x00-\x20\x7f]""")


def prose(text: str) -> str:
    """One paragraph of prose in which `code` between single backticks stays code."""
    text, parts, end = one_line(text), [], 0
    for match in INLINE_CODE.finditer(text):
        parts += [_prose_without_code(text[end : match.start()]), code(match[2].strip())]
        end = match.end()
    parts.append(_prose_without_code(text[end:]))
    return _OPENS_BLOCK.sub(lambda match: "\\" + match[1] if match[1] else f"{match[2]}\\{match[3]}", _joined(parts))


def label(text: str) -> str:
    """A name or a path as the text of a link; one that could be taken for an address becomes code."""
    text = one_line(text)
    return code(text) if _ADDRESS.search(text) else _escaped(text)


def code(text: str) -> str:
    """A code span that no backtick inside it can end."""
    text = one_line(text)
    if not text.strip():
        return ""
    mark = "`" * (_longest_run(text) + 1)
    return f"{mark} {text} {mark}" if "`" in text else f"{mark}{text}{mark}"


def fenced(text: str, language: str) -> str:
    """One line as a block of code that nothing inside it can end."""
    mark = "`" * max(3, _longest_run(text) + 1)
    name = language if re.fullmatch(r"[a-z_]+", language) else ""
    return f"{mark}{name}\n{one_line(text)}\n{mark}"


def link(text: str, target: str) -> str:
    """A link to where the caller says; without a target its text as code."""
    return f"[{label(text)}]({_safe_target(target)})" if target else code(text)


def one_line(text: str) -> str:
    """Line breaks and control characters as spaces; marks that turn the direction of writing are dropped."""
    return " ".join("".join(_visible(character) for character in text).split())


def _visible(character: str) -> str:
    kind = unicodedata.category(character)
    if kind == "Cs":
        return "\ufffd"
    if kind == "Cf" and character not in "\u200c\u200d":  # joiners are spelling in some scripts
        return ""
    return " " if kind in {"Cc", "Zl", "Zp"} else character


def _prose_without_code(text: str) -> str:
    parts, end = [], 0
    for match in _ADDRESS.finditer(text):
        address = match.group().rstrip(".,;:!?)")
        parts += [_escaped(text[end : match.start()]), code(address)]
        end = match.start() + len(address)
    return _joined([*parts, _escaped(text[end:])])


def _joined(parts: Sequence[str]) -> str:
    """One after the other; code right behind code is set apart, or its marks would be read as one longer mark."""
    joined = ""
    for part in parts:
        joined += f" {part}" if joined.endswith("`") and part.startswith("`") else part
    return joined


def _escaped(text: str) -> str:
    return _ACTIVE.sub(lambda match: "\\" + match.group(), text)


def _safe_target(target: str) -> str:
    return _TARGET_BREAKERS.sub(lambda match: "".join(f"%{byte:02X}" for byte in match.group().encode()), target)


def _longest_run(text: str) -> int:
    return max((len(run) for run in re.findall(r"`+", text)), default=0)
