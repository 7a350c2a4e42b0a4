"""How each language marks comments; pure data beside the table of languages, which knows the line marks."""

from __future__ import annotations

from functools import lru_cache

from scholiast_indexer.languages.table import LANGUAGES

_C = (("/*", "*/"),)
_MARKUP = (("<!--", "-->"),)
_MARKUP_LANGUAGES = frozenset({"html", "xml", "markdown", "vue", "svelte", "embedded_template", "handlebars"})
_C_LANGUAGES = frozenset({"css", "sql", "php", "hcl", "dot", "nix", "vue", "svelte", "prolog"})
_BLOCKS: dict[str, tuple[tuple[str, str], ...]] = {
    "lua": (("--[[", "]]"),),
    "haskell": (("{-", "-}"),),
    "purescript": (("{-", "-}"),),
    "elm": (("{-", "-}"),),
    "idris": (("{-", "-}"),),
    "lean": (("/-", "-/"),),
    "ocaml": (("(*", "*)"),),
    "ocaml_interface": (("(*", "*)"),),
    "standardml": (("(*", "*)"),),
    "fsharp": (("(*", "*)"),),
    "pascal": (("{", "}"), ("(*", "*)")),
    "julia": (("#=", "=#"),),
    "commonlisp": (("#|", "|#"),),
    "scheme": (("#|", "|#"),),
    "racket": (("#|", "|#"),),
    "ruby": (("=begin", "=end"),),
    "powershell": (("<#", "#>"),),
    "coffeescript": (("###", "###"),),
    "nim": (("#[", "]#"),),
    "jinja": (("{#", "#}"),),
}
_LINES: dict[str, tuple[str, ...]] = {
    "php": ("//", "#"),
    "ini": ("#", ";"),
    "hcl": ("#", "//"),
    "nix": ("#",),
    "vue": ("//",),
    "svelte": ("//",),
    "gomod": ("//",),
}
_CLOSERS_BESIDE: dict[str, tuple[str, ...]] = {
    "php": ("?>",),
    "embedded_template": ("%>",),
    "html": ("</script", "</style"),
    "vue": ("</script", "</style"),
    "svelte": ("</script", "</style"),
}
"""What ends a comment of these languages from outside it: a line comment of PHP ends at `?>`."""


@lru_cache(maxsize=128)
def line_marks(language: str) -> tuple[str, ...]:
    """What a line comment begins with, most usual first; none for languages without."""
    if language in _LINES:
        return _LINES[language]
    row = LANGUAGES.get(language)
    return (row.comment,) if row is not None and row.comment else ()


@lru_cache(maxsize=128)
def block_marks(language: str) -> tuple[tuple[str, str], ...]:
    """`(opening, closing)` of block comments; none for languages without."""
    found = _BLOCKS.get(language, ())
    if language in _MARKUP_LANGUAGES:
        found += _MARKUP
    has_slashes = "//" in line_marks(language) and language not in {"zig", "gomod"}
    if has_slashes or language in _C_LANGUAGES:
        found += _C
    return found


@lru_cache(maxsize=128)
def comment_ends(language: str) -> tuple[str, ...]:
    """Every sequence that must not stand inside a comment: marks of blocks (they nest in some), and what ends it."""
    pairs = [mark for pair in block_marks(language) for mark in pair]
    return tuple(dict.fromkeys((*pairs, *_CLOSERS_BESIDE.get(language, ()))))
