"""Source as its grammar can read it: written over in place, so that each byte stays where it was. Must not know trees.

One construct that a grammar does not know may cost it all definitions around. It is written over only for the parse:
names, signatures and comments are taken from the source itself.
"""

from __future__ import annotations

import re

_OF_C = frozenset({"c", "cpp", "objc"})
_MACRO_ALONE = re.compile(rb"^[ \t]+((?=\w*[A-Z]{3})[A-Za-z_]\w*)[ \t]*\r?$", re.MULTILINE)
_OPENED = re.compile(rb"\b(?:struct|union|class)\b[^;={}]*\{\Z")
_LINE_BYTES_MAX = 240
_CONSTRUCTOR_BELOW = re.compile(
    rb"\bclass[ \t]+\w+(?:<[^<>{}()]*>)?([ \t]*\r?\n\s{0,80}"
    rb"(?:(?:@[\w.]+(?:\([^()\n]*\))?|internal|private|protected|public|actual|expect)\s{1,80}){0,8})constructor\b"
)
_WORD_AS_NAME = re.compile(
    rb"^[ \t]*(?:(?:open|final|abstract|sealed|internal|public|private|protected|external|inline|tailrec|infix|override"
    rb"|lateinit|vararg|noinline|crossinline|by|where)[ \t]*(?:[-+*/%]?=(?!=)|[.\[])"
    rb"|[gs]et[ \t]*[-+*/%]?=(?!=)|(?:in|as)\d)",
    re.MULTILINE,
)
_GENERIC_BELOW = re.compile(rb"\n[ \t]*<(?=[A-Za-z_$]|[ \t]*\r?\n)")
_RETURNS = re.compile(rb"\)[ \t]*:[^=;]*\w\Z")


def legible(language: str, data: bytes) -> bytes:
    """The source as it is parsed, of the same length."""
    if language in _OF_C:
        return _without_macros_alone(data)
    if language == "kotlin":
        return _with_names_for_words(_with_constructors_beside(data))
    if language == "typescript":  # in TSX, `<` begins elements too
        return _with_signatures_ended(data)
    return data


def _without_macros_alone(data: bytes) -> bytes:
    """Fields that a macro stands for (`PyObject_HEAD`, `UV_HANDLE_FIELDS`, `Q_OBJECT`) have no mark that ends them."""
    alone: list[tuple[int, int]] = []
    for macro in _MACRO_ALONE.finditer(data):
        follows_another = bool(alone) and data[alone[-1][1] : macro.start()].isspace()
        if follows_another or _begins_statement(data, macro.start()):
            alone.append(macro.span(1))
    if not alone:
        return data
    written = bytearray(data)
    for start, end in alone:
        written[start:end] = b" " * (end - start)
    return bytes(written)


def _begins_statement(data: bytes, at: int) -> bool:
    """Whether what stands at the beginning of a line begins a statement, and is no value of an `enum` or of a list."""
    _, end = _line_before(data, at)
    if data.endswith((b";", b"*/"), 0, end):
        return True
    return _OPENED.search(data[max(0, end - _LINE_BYTES_MAX) : end]) is not None


def _line_before(data: bytes, at: int) -> tuple[int, int]:
    """Start and end of what is said last before a place: white space and comments to the end of a line say nothing."""
    end = at
    while True:
        while end and data[end - 1] in b" \t\r\n":
            end -= 1
        start = data.rfind(b"\n", 0, end) + 1
        comment = data.find(b"//", start, end)
        if comment < 0:
            return start, end
        end = comment


def _with_signatures_ended(data: bytes) -> bytes:
    """Where signatures of an interface end with their lines, the next one's `<` would go on with the type before it."""
    places = [below.end() - 2 for below in _GENERIC_BELOW.finditer(data) if _ends_type(data, below.start())]
    if not places:
        return data
    written = bytearray(data)
    for place in places:
        written[place] = ord(";")
    return bytes(written)


def _ends_type(data: bytes, at: int) -> bool:
    start, end = _line_before(data, at)
    line = data[max(start, end - _LINE_BYTES_MAX) : end]
    return (line.endswith((b">", b"]", b"}")) and not line.endswith(b"=>")) or _RETURNS.search(line) is not None


def _with_constructors_beside(data: bytes) -> bytes:
    """A primary constructor below its class (`@Inject internal constructor(`) may hide all members."""
    return _CONSTRUCTOR_BELOW.sub(_on_one_line, data)


def _on_one_line(found: re.Match[bytes]) -> bytes:
    start, end = (place - found.start() for place in found.span(1))
    whole = found[0]
    return whole[:start] + re.sub(rb"[\r\n]", b" ", whole[start:end]) + whole[end:]


def _with_names_for_words(data: bytes) -> bytes:
    """Kotlin's modifiers may be names (`open = isOpen`); where a statement begins with one, its grammar forgets it."""
    return _WORD_AS_NAME.sub(_with_other_letter, data)


def _with_other_letter(found: re.Match[bytes]) -> bytes:
    word = found[0].lstrip(b" \t")
    return found[0][: -len(word)] + b"_" + word[1:]
