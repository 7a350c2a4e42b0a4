"""What a path says of the code in it: tests, examples, documents. Must not know the index."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal

Place = Literal["source", "test", "example", "document"]

_TEST = re.compile(
    r"(^|/)(__tests__|testing|testdata|test_?fixtures?|fixtures|__mocks__|mocks?|e2e|benches|bench)/"
    r"|(^|/)([^/]*[._-])?([Tt]ests?|[Ss]pecs?|[Bb]enchmarks?)/"  # tests/, unit-tests/, Dapper.Tests/
    r"|[a-z0-9](Tests?|Specs?|Benchmarks?)/"  # AppTests/, androidTest/
    r"|(^|/)(test_[^/]*(?<!\.bash)|conftest\.py|[^/]*[._-](test|tests|spec|bench|benchmark)\.[^/]+|[^/]*(Test|Tests|Spec|IT)\.(java|kt|scala|cs|swift|php))$",
)
"""`test_*.bash` is what tests are written with; those themselves are `*.bats`."""
_EXAMPLE = re.compile(r"(^|/)(examples?|samples?|demos?|tutorials?|playground|sandbox)/", re.IGNORECASE)
_DOCUMENT = re.compile(
    r"(^|/)(docs?|documentation|website|site)/|\.(md|mdx|markdown|rst|adoc|txt)$|(^|/)(changelog|changes|history|license)[^/]*$",
    re.IGNORECASE,
)


@lru_cache(maxsize=16_384)
def place_of(path: str) -> Place:
    """The first that fits of test, example, document; else source."""
    if _TEST.search(path):
        return "test"
    if _EXAMPLE.search(path):
        return "example"
    return "document" if _DOCUMENT.search(path) else "source"


def is_test_path(path: str) -> bool:
    return place_of(path) == "test"
