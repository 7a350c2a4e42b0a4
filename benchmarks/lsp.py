"""The language server over a real pipe: start, lateness of its event loop, hover, symbols, unsaved text, memory.

    python benchmarks/lsp.py --corpus DIR --queries dev.jsonl --work-dir DIR [--chunks 100000]

The large workspace is the one that latency.py makes: give the same --work-dir and it is made once. The cold index is
that of the code below --corpus. Hovers and symbol searches run once while the server indexes files that changed, and
once while it rests.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import string
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

from corpora import code_files, lay_out
from latency import prepare
from lsp_client import LspClient
from measuring import note, option_parser, percentile, resident_mb, show, spread

from scholiast_server.lsp.limits import DEBOUNCE_S

SERVE = [sys.executable, "-m", "scholiast_server", "serve", "--log", os.devnull]
PROBED = [sys.executable, str(Path(__file__).with_name("lsp_probe.py"))]
STARTS = 12
HOVERS = 400
SYMBOLS = 200
EDITS = 20
CHANGED_FILES = 1_500
"""Files changed at once, so that indexing runs while hovers are measured."""
PING_EVERY_S = 0.01
_IDENTIFIER = re.compile(r"\b[A-Za-z_]\w{3,}\b")


def measure_start(folder: Path) -> dict[str, float]:
    """Seconds from the start of the process to the answer to `initialize`."""
    found = []
    for _ in range(STARTS):
        with LspClient(SERVE, {}) as client:
            found.append(client.initialize(folder))
    return spread(found[1:])  # the first one reads the files of the program from disk


def measure_cold(corpus: Path) -> dict[str, Any]:
    """How late the event loop is, and how long an answer takes, while a folder is indexed for the first time."""
    with tempfile.TemporaryDirectory() as made:
        folder, late = Path(made, "code"), Path(made, "late")
        size = lay_out(code_files(corpus), folder)
        with LspClient(PROBED, {"LATENESS_FILE": str(late)}) as client:
            client.initialize(folder)
            pings = _Pings(client)
            status = client.wait_for("ready")
            seconds = time.perf_counter() - client.started
            pings.stop()
        lateness = [float(line) for line in late.read_text().split()]
    return {
        "megabytes": size / 1e6,
        "chunks": status["chunks"],
        "seconds": seconds,
        "lateness_ms": _percentiles(lateness),
        "answer_ms": _percentiles(pings.took_ms),
    }


class _Pings:
    """Asks for the status again and again, from a thread."""

    def __init__(self, client: LspClient) -> None:
        self._client = client
        self._stopping = threading.Event()
        self.took_ms: list[float] = []
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stopping.wait(PING_EVERY_S):
            self.took_ms.append(self._client.timed_ms("scholiast/status", {}))


def measure_large(work_dir: Path, queries: list[str]) -> dict[str, Any]:
    """Hover, symbols and unsaved text at many chunks."""
    folder = work_dir / "code"
    places = _places(folder)
    late = work_dir / "late"
    environment = {"SCHOLIAST_INDEX_DIR": str(work_dir / "index"), "LATENESS_FILE": str(late)}
    with LspClient(PROBED, environment) as client:
        client.initialize(folder)
        status = client.wait_for("ready")
        for query in queries[:20]:
            client.request("scholiast/search", {"query": query})
        rest = _requests(client, folder, places, queries)
        edits = measure_edits(client, folder, [path for path, _, _ in places])
        memory = {"resident_mb": resident_mb(client.process.pid)}
        note(f"changing {CHANGED_FILES} files")
        changed = _change(folder)
        try:
            client.wait_for("indexing")
            busy = _requests(client, folder, places, queries)
        finally:
            for path, data in changed.items():
                path.write_bytes(data)
        client.wait_for("ready")
        memory["resident_at_end_mb"] = resident_mb(client.process.pid)
    lateness = [float(line) for line in late.read_text().split()]
    return {"chunks": status["chunks"], "at_rest": rest, "while_indexing": busy, "edit_ms": edits, **memory,
            "lateness_ms": _percentiles(lateness)}  # fmt: skip


def _requests(
    client: LspClient, folder: Path, places: list[tuple[str, int, int]], queries: list[str],
) -> dict[str, Any]:  # fmt: skip
    """Hovers over names, and symbol searches by names and by questions."""
    hovers, symbols, answered = [], [], 0
    for number in range(HOVERS):
        path, line, character = places[number % len(places)]
        params = {"textDocument": {"uri": (folder / path).as_uri()}, "position": {"line": line, "character": character}}
        started = time.perf_counter()
        answered += client.request("textDocument/hover", params) is not None
        hovers.append((time.perf_counter() - started) * 1000)
        if number % (HOVERS // SYMBOLS) == 0:
            query = queries[number % len(queries)]
            symbols.append(client.timed_ms("workspace/symbol", {"query": query}))
    state = client.request("scholiast/status", {})["state"]
    return {"hover_ms": _percentiles(hovers), "hovers_with_an_answer": answered, "symbol_ms": _percentiles(symbols),
            "state_at_end": state}  # fmt: skip


def measure_edits(client: LspClient, folder: Path, paths: list[str]) -> dict[str, float]:
    """From a keystroke until a search finds it, without the pause that the server waits for further keystrokes."""
    found = []
    for path in list(dict.fromkeys(paths))[:EDITS]:
        uri, text = (folder / path).as_uri(), (folder / path).read_text("utf-8", "replace")
        document = {"uri": uri, "languageId": "python", "version": 1, "text": text}
        client.notify("textDocument/didOpen", {"textDocument": document})
        client.request("scholiast/search", {"query": "anything"})
        name = "".join(random.choices(string.ascii_lowercase, k=14))
        change = {"range": {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 0}},
                  "text": f"def {name}(first, second):\n    return first + second\n\n\n"}  # fmt: skip
        started = time.perf_counter()
        client.notify(
            "textDocument/didChange", {"textDocument": {"uri": uri, "version": 2}, "contentChanges": [change]}
        )
        while not _finds(client, name, path):
            if time.perf_counter() - started > 30:
                raise SystemExit(f"unsaved text of {path} is not found")
        found.append((time.perf_counter() - started - DEBOUNCE_S) * 1000)
        client.notify("textDocument/didClose", {"textDocument": {"uri": uri}})
    return spread(found)


def _finds(client: LspClient, name: str, path: str) -> bool:
    hits = client.request("scholiast/search", {"query": name, "limit": 3})["hits"]
    return any(hit["path"] == path and name in hit["text"] for hit in hits)


def _places(folder: Path) -> list[tuple[str, int, int]]:
    """Names in Python files all over the folder: path, line, character."""
    files = sorted(folder.rglob("*.py"))
    chooser = random.Random(7)
    found: list[tuple[str, int, int]] = []
    while len(found) < HOVERS:
        file = chooser.choice(files)
        lines = file.read_text("utf-8", "replace").split("\n")
        number = chooser.randrange(len(lines))
        names = list(_IDENTIFIER.finditer(lines[number]))
        if names and lines[number].isascii():
            found.append((file.relative_to(folder).as_posix(), number, chooser.choice(names).start() + 1))
    return found


def _change(folder: Path) -> dict[Path, bytes]:
    """Append a line to many files; gives what they held."""
    files = sorted(folder.rglob("*.py")) + sorted(folder.rglob("*.ts"))
    step = max(1, len(files) // CHANGED_FILES)
    held = {path: path.read_bytes() for path in files[::step][:CHANGED_FILES]}
    for number, (path, data) in enumerate(held.items()):
        path.write_bytes(data + b"\n# %d\n" % number)
    return held


def _percentiles(values: list[float]) -> dict[str, float]:
    return {"p50": percentile(values, 0.5), "p95": percentile(values, 0.95), "p99": percentile(values, 0.99),
            "max": max(values), "count": len(values)}  # fmt: skip


def _table(found: dict[str, Any]) -> str:
    cold, large = found["cold"], found["large"]
    rest, busy = large["at_rest"], large["while_indexing"]
    rows = [
        ("initialize answered, s", f"{found['start_s']['median']:.2f}", "0.5"),
        (f"loop lateness p99, cold index of {cold['megabytes']:.0f} MB, ms", f"{cold['lateness_ms']['p99']:.1f}", "20"),
        ("status answered meanwhile p99, ms", f"{cold['answer_ms']['p99']:.1f}", ""),
        (f"hover p95 at {large['chunks']:,} chunks, at rest, ms", f"{rest['hover_ms']['p95']:.1f}", "30"),
        ("hover p95 while indexing, ms", f"{busy['hover_ms']['p95']:.1f}", "30"),
        ("workspace/symbol p95, at rest, ms", f"{rest['symbol_ms']['p95']:.1f}", "50"),
        ("workspace/symbol p95 while indexing, ms", f"{busy['symbol_ms']['p95']:.1f}", "50"),
        ("loop lateness p99, all of the large workspace, ms", f"{large['lateness_ms']['p99']:.1f}", ""),
        ("edit to searchable after the pause, ms", f"{large['edit_ms']['median']:.0f}", "100"),
        ("resident, MB", f"{large['resident_mb']:.0f}", "500"),
        ("resident after updates, MB", f"{large['resident_at_end_mb']:.0f}", "500"),
    ]
    return "\n".join(f"{name:60} {value:>8}   {'≤ ' + aim if aim else ''}" for name, value, aim in rows)


def main() -> int:
    parser = option_parser(__doc__)
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--queries", type=Path, required=True)
    parser.add_argument("--work-dir", type=Path, required=True, help="made once and kept: some 500 MB")
    parser.add_argument("--chunks", type=int, default=100_000)
    arguments: argparse.Namespace = parser.parse_args()
    queries = [str(json.loads(line)["query"]) for line in arguments.queries.read_text("utf-8").splitlines()]
    prepare(arguments.corpus, arguments.work_dir, arguments.chunks)
    with tempfile.TemporaryDirectory() as small:
        note("starting servers")
        start = measure_start(Path(small))
    note("cold index")
    cold = measure_cold(arguments.corpus)
    note("large workspace")
    large = measure_large(arguments.work_dir, queries)
    show({"start_s": start, "cold": cold, "large": large}, _table, as_json=arguments.json)
    return 0


if __name__ == "__main__":
    sys.exit(main())
