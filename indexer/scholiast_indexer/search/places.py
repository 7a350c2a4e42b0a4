"""What a path says of the code in it: tests, examples, documents. Must not know the index."""

from __future__ import annotations

import re
from collections.abc import Collection
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


_VERSION = re.compile(r"v(\d+(?:[._]\d+)*)(?:[._-]?(alpha|beta|rc)(\d*))?", re.IGNORECASE)
_Version = tuple[tuple[int, ...], str, int]


def older_versions(paths: Collection[str], wanted: Collection[str]) -> frozenset[str]:
    """Those of the paths that lie in a folder named as a version (`v3`, `v1beta1`) of which another has a later one.

    Args:
        paths: Held against each other.
        wanted: Names of folders, in lower case, that are as good as the latest.
    """
    latest: dict[str, _Version] = {}
    found: list[tuple[str, str, _Version]] = []
    for path in paths:
        for above, name, version in _versions(path):
            latest[above] = max(latest.get(above, version), version)
            if name not in wanted:
                found.append((path, above, version))
    return frozenset(path for path, above, version in found if version < latest[above])


@lru_cache(maxsize=16_384)
def _versions(path: str) -> tuple[tuple[str, str, _Version], ...]:
    """Folders of a path that are named as versions: what is above each, its name in lower case, which version."""
    found = []
    folders = path.split("/")[:-1]
    for depth, name in enumerate(folders):
        if name[:1] in "vV" and (match := _VERSION.fullmatch(name)):
            numbers, stage, count = match.groups()
            version = (tuple(map(int, re.split("[._]", numbers))), (stage or "release").lower(), int(count or 0))
            found.append(("/".join(folders[:depth]), name.lower(), version))
    return tuple(found)
