"""Names, scopes and one-line signatures out of source text; must not know syntax trees."""

from __future__ import annotations

import re

from scholiast_indexer.limits import SIGNATURE_CHARS_MAX

_READ_BYTES = 4 * SIGNATURE_CHARS_MAX
_OPENERS = re.compile(r"(?:\s*(?:[{:;,=\\]|\b(?:do|then|where|is|begin)))+\Z")
_PADDING = re.compile(r"(?<=[(\[]) | (?=[)\]])|,(?= ?[)\]])")
_GENERICS = re.compile(r"<[^<>]*>|\[[^\[\]]*\]")
_SEPARATORS = re.compile(r"::|\.|\\|#|:|->")
_LAST_WORD = re.compile(r"~?[\w$]+[?!']*(?=\W*\Z)")
_NOT_A_SCOPE = frozenset({"", "exports", "module", "prototype", "this", "self", "window", "globalThis", "default"})
_OPERATOR = re.compile(r"\boperator\b(?!\s*::).*")
_QUOTES = "\"'`"


def signature(head: bytes) -> str:
    """The head of a definition on one line, without the mark that opens its body."""
    text = head[:_READ_BYTES].decode("utf-8", "replace").strip()
    line = " ".join(text.split())
    if "\n" in text:
        line = _PADDING.sub("", line)
    return _OPENERS.sub("", line)[:SIGNATURE_CHARS_MAX].rstrip()


def name(text: bytes) -> str:
    """A name as people say it: no quotes, computed members without their brackets."""
    plain = " ".join(text[:_READ_BYTES].decode("utf-8", "replace").split())
    if plain[:1] in _QUOTES:
        return plain.strip(_QUOTES)
    plain = plain.removeprefix(":")  # a Ruby symbol
    return plain.removeprefix("[").removesuffix("]") if plain.startswith("[") else plain


def qualified(text: bytes) -> tuple[list[str], str]:
    """A name and the names before it: `A<T>::operator()` is `["A"]` and `operator()`."""
    plain = " ".join(text[:_READ_BYTES].decode("utf-8", "replace").split())
    operator = _OPERATOR.search(plain)
    if operator:
        return scope(plain[: operator.start()].encode()), operator[0].replace(" ", "")
    parts = scope(plain.encode())
    return (parts[:-1], parts[-1]) if parts else ([], plain)


def scope(text: bytes) -> list[str]:
    """The names in a qualifier: `*Command[T]` is Command, `module.exports` none, `ns::Type<T>` ns and Type."""
    plain = text[:_READ_BYTES].decode("utf-8", "replace")
    while "<" in plain or "[" in plain:
        shorter = _GENERICS.sub("", plain)
        if shorter == plain:
            break
        plain = shorter
    parts = (_LAST_WORD.search(part) for part in _SEPARATORS.split(plain))
    return [part[0] for part in parts if part and part[0] not in _NOT_A_SCOPE]
