"""What a path says of the code in it: tests, examples, documents. Must not know the index."""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import lru_cache
from typing import Literal

Place = Literal["source", "test", "example", "document"]

_TEST = re.compile(
    r"(^|/)(__(tests|fixtures|snapshots|mocks)__|([^/]*-)?testing(-[^/]*)?|fixtures|mocks?|e2e|cypress|benches|bench"
    r"|step_definitions|test[_-]?([dD]ata|[fF]iles|[fF]ixtures|[rR]esources|[cC]ases|[sS]uites?|[hH]elpers?|[uU]tils?))/"
    r"|(^|/)([^/]*[._-])?([Tt]ests?(-[^/]*)?|[Ss]pecs?|[Bb]enchmarks?)/"  # unit-tests/, Dapper.Tests/, test-app/
    r"|[a-z0-9](Tests?|Specs?|Benchmarks?)/"  # AppTests/, androidTest/
    r"|(^|/)(test_[^/]*(?<!\.bash)|conftest\.py|tests\.(py|rs|ts|js|ml|hs|lua|jl)|tests?\.(cc|cpp|cxx|hh|hpp|h)"
    r"|[^/]*[._-](test|tests|spec|bench|benchmark|(unit|perf|browser)_?tests?)(-d)?\.[^/]+|[^/]+\.(feature|bats|t)"
    r"|[^/]*(Test|Tests|TestCase|Spec|IT)\.(java|kt|scala|groovy|cs|fs|vb|swift|php|hs|m|mm|cc|cpp|cxx))$",
)
"""`test_*.bash` is what tests are written with; those themselves are `*.bats`."""
_EXAMPLE = re.compile(
    r"(^|/)(?<!com/)(?<!org/)(?<!com/example/)"  # a package, as builders of projects name it: com/example/demo/
    r"(([^/]*[ ._-])?(examples?|samples?|demos?)(-[^/]*)?|tutorials?|playground)/"
    r"|^((apps|packages|projects)/)?sandbox/",  # deeper, it is what keeps strange code in
    re.IGNORECASE,
)
_COMPILED = "go|rs|java|kt|scala|cs|swift|c|h|cc|cpp|ex|hs|zig"
"""Seldom what documents are made with: cobra's package `doc/` is code. Below another folder, scripts are no more."""
_DOCUMENT = re.compile(
    r"(^|/)(docs|documentation|website|site)/"
    rf"|^(doc|man)/(?!(.*/)?[^/]+\.({_COMPILED})$)"
    rf"|/(doc|man)/(?!(.*/)?[^/]+\.({_COMPILED}|lua|py|rb|php|[jt]sx?)$)"
    r"|\.(md|mdx|markdown|mkd|qmd|cheatmd|livemd|rst|adoc|asciidoc|org|textile|rdoc|pod|texi|texinfo|rtf)$"
    r"|(?<!CMakeLists)(?<!meson_options)(?<!requirements)(?<!constraints)\.txt$"
    r"|\.[1-9](\.(in|scd|ronn))?$"  # pages of man
    r"|(^|/)(readme|change-?log|changes|history|licen[cs]e)([-_][^/.]*)?(\.(html?|in))?$"
    r"|(^|/)(?-i:README|CHANGE-?LOG|CHANGES|HISTORY|LICEN[CS]E|COPYING|AUTHORS|CONTRIBUTORS|CONTRIBUTING|MAINTAINERS|NEWS"
    r"|NOTICE|INSTALL|TODO|HACKING|THANKS|UPGRADING|SECURITY)([-_.][^/]*)?$",  # files' names: nothing is left open
    re.IGNORECASE,
)
"""Code has such names too, with an extension and seldom in capitals: `changeset.ex`, `history.lua`, `install.sh`."""
_IN_MAIN = re.compile(r"(^|/)src/([a-z0-9]+M|m)ain/(?=.)")
"""What build tools of the JVM ship; packages in it may be named `mock` or `testing`, files `KeySpec.java`."""


@lru_cache(maxsize=16_384)
def place_of(path: str) -> Place:
    """The first that fits of test, example, document; else source."""
    shipped = _IN_MAIN.search(path)
    if _TEST.search(path[: shipped.start() + 1] if shipped else path):
        return "test"
    if _EXAMPLE.search(path):
        return "example"
    return "document" if _DOCUMENT.search(path) else "source"


def is_test_path(path: str) -> bool:
    return place_of(path) == "test"


_DATA = re.compile(r"\.(json[c5l]?|ya?ml|toml|xml|resx|plist|lock|csv|tsv)$", re.IGNORECASE)


def quotes_messages(path: str) -> bool:
    """Whether words in quotes are what a program says: data has all in quotes, and documents only tell of messages."""
    return place_of(path) != "document" and not _DATA.search(path)


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
