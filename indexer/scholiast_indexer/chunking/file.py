"""Cuts one file into chunks, by the scanner that suits its language; must not know paths, storage or models."""

from __future__ import annotations

from scholiast_indexer.chunking.assembly import assemble
from scholiast_indexer.chunking.code import scan_code, scan_lines
from scholiast_indexer.chunking.markdown import scan_markdown
from scholiast_indexer.chunking.markup import MARKUP_LANGUAGES, scan_markup
from scholiast_indexer.chunking.notebook import chunk_notebook
from scholiast_indexer.chunking.restructured import scan_restructured
from scholiast_indexer.chunking.source import measure
from scholiast_indexer.limits import PARSE_BUDGET_S
from scholiast_indexer.types import ChunkedFile


def chunk_file(data: bytes, language: str | None, *, parse_budget_s: float = PARSE_BUDGET_S) -> ChunkedFile:
    """Chunks that tile the bytes of one file, and the definitions in it.

    Never raises for what the bytes are: broken code is cut as far as it parses, what has no syntax tree by lines.

    Args:
        data: the file as read; offsets in the result count its bytes.
        language: a name from `languages.LANGUAGES`; None or an unknown one is cut by lines.
        parse_budget_s: seconds for the parser; past them the file is cut by lines and a problem says so.
    """
    source = measure(data)
    if language is None or not data:
        return assemble(source, scan_lines())
    if language == "notebook":
        return chunk_notebook(source, parse_budget_s)
    if language == "markdown":
        return assemble(source, scan_markdown(source))
    if language == "rst":
        return assemble(source, scan_restructured(source))
    if language in MARKUP_LANGUAGES:
        return assemble(source, scan_markup(source, language, parse_budget_s))
    return assemble(source, scan_code(source, language, parse_budget_s))
