"""Loads what may take a process down with it, in a process of its own. Must not know what is made of the results.

A library built for another processor dies with SIGILL at its first call; no exception tells of it.
Run as `python -m scholiast_server.cli.probes NAME`, a probe prints one JSON document.
"""

from __future__ import annotations

import subprocess
import sys
from typing import Literal, TypeVar

import msgspec

PROBE_TIMEOUT_S = 60.0

Report = TypeVar("Report", "Grammars", "Libraries")


class GrammarFound(msgspec.Struct, frozen=True):
    """Where the grammar of one language comes from."""

    language: str
    kind: Literal["wheel", "bundle", "none"]
    package: str
    version: str
    abi: int
    problems: tuple[str, ...]


class Grammars(msgspec.Struct, frozen=True):
    """All languages that are named in a grammar's package, loaded."""

    languages: tuple[GrammarFound, ...]


class Libraries(msgspec.Struct, frozen=True):
    """Compiled libraries, each asked to do a little work; what failed is said in `problems`."""

    versions: dict[str, str]
    problems: dict[str, str] = {}


class ProbeFailure(msgspec.Struct, frozen=True):
    """A probe that did not live to report."""

    reason: str


def probe(name: str, report: type[Report]) -> Report | ProbeFailure:
    """Run a probe and read its report."""
    command = [sys.executable, "-m", "scholiast_server.cli.probes", name]
    try:
        done = subprocess.run(command, capture_output=True, timeout=PROBE_TIMEOUT_S, check=False)
    except subprocess.TimeoutExpired:
        return ProbeFailure(f"no answer within {PROBE_TIMEOUT_S:.0f} s")
    if done.returncode < 0:
        return ProbeFailure(_signal_name(-done.returncode))
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        return ProbeFailure(said[-1] if said else f"exit code {done.returncode}")
    return msgspec.json.decode(done.stdout, type=report)


def _signal_name(number: int) -> str:
    import signal

    try:
        return f"the process died of {signal.Signals(number).name}"
    except ValueError:  # a number that this system has no name for
        return f"the process died of signal {number}"


def load_grammars() -> Grammars:
    """Every grammar there is, loaded here."""
    from scholiast_indexer.languages.grammars import provider
    from scholiast_indexer.languages.table import LANGUAGES

    named = [row.name for row in LANGUAGES.values() if row.wheel or row.bundled]
    found = (provider(name) for name in named)
    return Grammars(tuple(GrammarFound(p.language, p.kind, p.package, p.version, p.abi, p.problems) for p in found))


def work_graph() -> Libraries:
    """A vector graph made and asked: what is compiled for another processor dies here."""
    from importlib.metadata import version

    import hnswlib
    import numpy as np

    graph = hnswlib.Index(space="ip", dim=16)
    graph.init_index(max_elements=64, M=8, ef_construction=20)
    vectors = np.eye(64, 16, dtype=np.float32)
    graph.add_items(vectors, np.arange(64))
    graph.knn_query(vectors[:1], k=1)
    return Libraries({"hnswlib": version("hnswlib")})


def work_libraries() -> Libraries:
    """The other compiled libraries, imported; their versions."""
    import importlib
    from importlib.metadata import version

    versions, problems = {}, {}
    for module, package in (
        ("numpy", "numpy"), ("tantivy", "tantivy"), ("tree_sitter", "tree-sitter"), ("msgspec", "msgspec"),
        ("Stemmer", "PyStemmer"), ("watchdog", "watchdog"), ("pathspec", "pathspec"), ("rich", "rich"),
    ):  # fmt: skip
        try:
            importlib.import_module(module)
            versions[package] = version(package)
        except ImportError as error:
            problems[package] = str(error)
    return Libraries(versions, problems)


PROBES = {"grammars": load_grammars, "graph": work_graph, "libraries": work_libraries}


if __name__ == "__main__":
    sys.stdout.buffer.write(msgspec.json.encode(PROBES[sys.argv[1]]()))
