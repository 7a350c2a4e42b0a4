"""What single signals of ranking say."""

from __future__ import annotations

import pytest

from scholiast_indexer.search.query import analyze_query
from scholiast_indexer.search.signals import PLACE_VALUES, PREFIX_VALUE, path_matches


@pytest.mark.parametrize(
    ("query", "path", "share"),
    [
        ("ZodError", "src/ZodError.ts", 1.0),
        ("ZodError", "src/zod_error.ts", 1.0),
        ("ZodError", "src/errors.ts", 0.5),
        ("FromRequest", "src/from_fn.rs", 0.5),
        ("FromRequest", "src/response.rs", 0.0),
        ("FromRequest", "from/request.rs", (1.0 + PLACE_VALUES[1]) / 2),
        ("request", "src/requests.rs", 1.0),
        ("request", "request/models.rs", PLACE_VALUES[1]),
        ("authentication", "src/auth.rs", PREFIX_VALUE),
    ],
)
def test_a_path_counts_for_the_parts_of_a_name_that_it_holds(query: str, path: str, share: float) -> None:
    assert path_matches(analyze_query(query), [path], [1.0])[path] == pytest.approx(share)
