"""All citations of one text held against the code: the one verb of this part. Must not know who is told."""

from __future__ import annotations

from collections.abc import Callable

from scholiast_server.citing.finding import find_citations
from scholiast_server.citing.resolving import judge
from scholiast_server.citing.types import Checked, Source


def check_text(data: bytes, path: str, source: Source, is_cancelled: Callable[[], bool] = lambda: False) -> Checked:
    """The citations of a text that need attention.

    Args:
        data: The text, UTF-8.
        path: Of its file, relative to the workspace; it need not be indexed.
        source: The index.
        is_cancelled: Asked between citations; what was found until then is given.
    """
    checked = Checked()
    for citation in find_citations(data, path):
        if is_cancelled():
            break
        finding = judge(citation, path, source)
        checked = Checked(checked.total + 1, checked.findings if finding is None else (*checked.findings, finding))
    return checked
