"""Which version of a language or a tool a project wants: said in its manifests, in lines that share few words with the
question. Must not know indexes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from scholiast_indexer.languages import detect
from scholiast_indexer.types import Hit
from scholiast_server.answering.anchors import source_lines
from scholiast_server.answering.evidence import evidence_of
from scholiast_server.answering.limits import MANIFEST_BYTES_MAX, MANIFESTS_READ_MAX, POINTED_PIECES_MAX
from scholiast_server.answering.narrowing import FileText, Span
from scholiast_server.models.extractive.describe import LINE_CHARACTERS_MAX
from scholiast_server.models.protocol import Evidence
from scholiast_server.models.sentences import word_set

_SUBJECTS = {
    "python": "python",
    "go": "go",
    "golang": "go",
    "ruby": "ruby",
    "rust": "rust",
    "node": "node",
    "nodejs": "node",
    "elixir": "elixir",
    "erlang": "erlang",
    "kotlin": "kotlin",
    "java": "java",
    "jdk": "java",
    "php": "php",
    "swift": "swift",
    "scala": "scala",
    "typescript": "typescript",
    "cmake": "cmake",
}
_NAMES = word_set(
    """
    pyproject.toml setup.cfg setup.py package.json go.mod cargo.toml mix.exs composer.json build.gradle
    build.gradle.kts settings.gradle libs.versions.toml pom.xml cmakelists.txt package.swift build.sbt .python-version
    .ruby-version .tool-versions rust-toolchain rust-toolchain.toml gemfile gradle.properties
    """
)
_ENDINGS = (".gemspec", ".csproj", ".podspec", ".cabal", ".rockspec")
_ASKS = re.compile(
    r"\b(?:which|what|minimum|minimal|required|supported)\b.*\bversions?\b|\bversions? of\b|"
    r"\bversions?\b.*\b(?:need|require|support|run|use)",
    re.I,
)
_WANTS = re.compile(r"requir|\bmin|engine|compat|toolchain", re.I)
_VERSION = re.compile(r"(?<![\w.-])v?\d+(?:\.\d+)*\b")


def wanted_versions(question: str, paths: Iterable[str], read: Callable[[str], bytes | None]) -> tuple[Evidence, ...]:
    """The lines that answer a question of a version, those that say it most plainly first; none for others.

    Args:
        question: As it was asked.
        paths: Of the files of the workspace.
        read: Gives the bytes of one.
    """
    subject = wanted_version_of(question)
    manifests = sorted(filter(is_manifest, paths), key=lambda path: (path.count("/"), path)) if subject else []
    found: list[tuple[int, Evidence]] = []
    for path in manifests[:MANIFESTS_READ_MAX]:
        data = read(path)
        if data is None or len(data) > MANIFEST_BYTES_MAX:
            continue
        lines = source_lines(data)
        if best := version_line(lines, subject):
            worth, at = best
            hit = Hit(path, at + 1, at + 1, 1.0, detect(path, data[:4096]) or "text", "", "text", "", {})
            found.append((worth, evidence_of(hit, Span(at, at + 1, None), FileText(lines, ()), hit.score)))
    found.sort(key=lambda pair: -pair[0])
    return tuple(piece for _, piece in found[:POINTED_PIECES_MAX])


def is_manifest(path: str) -> bool:
    """Whether a file says what a project is built with."""
    name = path.rpartition("/")[2].lower()
    return name in _NAMES or name.endswith(_ENDINGS)


def wanted_version_of(question: str) -> str:
    """The language or tool whose version is asked for; empty for any other question."""
    if not _ASKS.search(question):
        return ""
    words = re.findall(r"[a-z]+", question.lower().replace("node.js", "node"))
    return next((_SUBJECTS[word] for word in words if word in _SUBJECTS), "")


def version_line(lines: Sequence[str], subject: str) -> tuple[int, int] | None:
    """`(how plainly, line)` of the line (0-based) that says which version is wanted; None where none names both."""
    best: tuple[int, int] | None = None
    for at, line in enumerate(lines):
        found = re.search(rf"(?:(?<=requires-)|(?<![A-Za-z./-])){subject}(?![A-Za-z/.]|[-_](?!version))", line, re.I)
        if found is None or len(line) > LINE_CHARACTERS_MAX or not _VERSION.search(line, found.end()):
            continue
        is_key = not line[: found.start()].strip(" \t\"'")
        worth = 2 * bool(_WANTS.search(line)) + ("version" in line) + is_key - ("::" in line)
        if best is None or worth > best[0]:
            best = (worth, at)
    return best
