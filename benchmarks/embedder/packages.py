"""Source files inside the archives of packages: which are read, which are left out. Must not know syntax."""

from __future__ import annotations

import re
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

FILE_BYTES_MAX = 400_000

EXCLUDED = (
    "flask", "requests", "click", "httpx", "pydantic", "model2vec", "express", "axios", "zod", "trpc", "vitest",
    "cobra", "gin", "gson", "guzzle", "monolog", "rack", "sinatra", "serde", "axum", "tokio", "fmtlib", "nlohmann",
    "libuv", "redis", "hiredis", "dapper", "newtonsoft", "circe", "aeson", "plug", "phoenix", "vapor",
    "kotlinx[._-]coroutines", "bats", "bats-core", "lazy", "telescope", "zls", "semble",
)  # fmt: skip
"""Repositories of the benchmark, those that are kept back too: folders and files named after them are not read."""

_EXCLUDED = re.compile(
    rf"(^|/)(lib|node-|python-|golang-|rust-|php-|ruby-)?({'|'.join(EXCLUDED)})([._-][^/]*)?(/|$)", re.IGNORECASE
)
_VENDORED = re.compile(
    r"(^|/)(vendor|_vendor|vendored|third[-_]?party|3rdparty|node_modules|bower_components|deps|site-packages|\.yarn"
    r"|newtonsoft[^/]*|dist|umd|cjs|min|locale|locales|i18n|translations|testdata|fixtures|snapshots?)/"
    r"|\.min\.|\.bundle\.|_pb2\.py$|\.pb\.go$|\.pyi$",
    re.IGNORECASE,
)


class SourceFile(NamedTuple):
    """A file of a package."""

    path: str
    data: bytes


def is_excluded(path: str) -> bool:
    """Whether a path is, or lies in, a copy of a repository of the benchmark."""
    return _EXCLUDED.search(path) is not None


def files(archive: Path) -> Iterator[SourceFile]:
    """Files of an archive that may be learned from, without those of other projects inside it."""
    for path, size, read in _members(archive):
        inside = path.partition("/")[2] or path
        if 0 < size <= FILE_BYTES_MAX and not _VENDORED.search(inside) and not is_excluded(inside):
            yield SourceFile(inside, read())


def _members(archive: Path) -> Iterator[tuple[str, int, Any]]:
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as wheel:
            for info in wheel.infolist():
                if not info.is_dir():
                    yield f"wheel/{info.filename}", info.file_size, lambda info=info: wheel.read(info)
    else:
        with tarfile.open(archive) as tar:
            for member in tar:
                if member.isfile():
                    yield member.name, member.size, lambda member=member: _read(tar, member)


def _read(tar: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    file = tar.extractfile(member)
    return file.read() if file is not None else b""
