"""Names, scopes and one-line signatures out of source text; must not know syntax trees."""

from __future__ import annotations

import re

from scholiast_indexer.limits import SIGNATURE_CHARS_MAX

HEAD_BYTES_MAX = 4 * SIGNATURE_CHARS_MAX
"""Bytes of a head that are looked at: a signature is shorter, but white space and comments are cut from it."""
_OPENING_MARKS = " {(:;,=\\"
_OPENING_WORDS = (" do", " then", " where", " is", " begin")
_PADDING = re.compile(r"(?<=[(\[]) | (?=[)\]])|,(?= ?[)\]])")
_GENERICS = re.compile(r"<[^<>]*>|\[[^\[\]]*\]")
_SEPARATORS = re.compile(r"::|\.|\\|#|:|->")
_LAST_WORD = re.compile(r"~?[\w$]+[?!']*(?=\W*\Z)")
_NOT_A_SCOPE = frozenset({"", "exports", "module", "prototype", "this", "self", "window", "globalThis", "default"})
_OPERATOR = re.compile(r"\boperator\b(?!\s*::).*")
_QUOTES = "\"'`"


def signature(head: bytes) -> str:
    """The head of a definition on one line, without the mark that opens its body."""
    text = head[:HEAD_BYTES_MAX].decode("utf-8", "replace")
    line = " ".join(text.split())
    if "\n" in text:
        line = _PADDING.sub("", line)
    return _without_opener(line)[:SIGNATURE_CHARS_MAX].rstrip()


def name(text: bytes) -> str:
    """A name as people say it: no quotes, computed members without their brackets."""
    plain = text[:HEAD_BYTES_MAX].decode("utf-8", "replace")
    if plain.isidentifier():
        return plain
    plain = " ".join(plain.split())
    if plain[:1] in _QUOTES:
        return plain.strip(_QUOTES)
    return plain[1:-1] if plain.startswith("[") and plain.endswith("]") else plain


def _without_opener(line: str) -> str:
    """`def run(self):` without its colon, `while x do` without its do."""
    while True:
        line = line.rstrip(_OPENING_MARKS)
        if not line.endswith(_OPENING_WORDS):
            return line
        line = line[: line.rindex(" ")]


def qualified(text: bytes) -> tuple[list[str], str]:
    """A name and the names before it: `A<T>::operator()` is `["A"]` and `operator()`."""
    plain = text[:HEAD_BYTES_MAX].decode("utf-8", "replace")
    if plain.isidentifier():
        return [], plain
    plain = " ".join(plain.split())
    operator = _OPERATOR.search(plain)
    if operator:
        return scope(plain[: operator.start()].encode()), operator[0].replace(" ", "")
    parts = scope(plain.encode())
    return (parts[:-1], parts[-1]) if parts else ([], plain)


def scope(text: bytes) -> list[str]:
    """The names in a qualifier: `*Command[T]` is Command, `module.exports` none, `ns::Type<T>` ns and Type."""
    plain = text[:HEAD_BYTES_MAX].decode("utf-8", "replace")
    while "<" in plain or "[" in plain:
        shorter = _GENERICS.sub("", plain)
        if shorter == plain:
            break
        plain = shorter
    parts = (_LAST_WORD.search(part) for part in _SEPARATORS.split(plain))
    return [part[0] for part in parts if part and part[0] not in _NOT_A_SCOPE]
