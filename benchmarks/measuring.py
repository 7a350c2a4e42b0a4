"""Times, memory, processes and the machine they were taken on; must not know what is measured."""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

PROJECT = Path(__file__).resolve().parent.parent
_SAMPLE_EVERY_S = 0.05


class Usage(NamedTuple):
    """What one whole process took, its children included."""

    wall_s: float
    cpu_s: float
    peak_mb: float
    """Highest sum of the resident memory of the process and all below it, looked at 20 times a second. Pages that
    processes share count in each of them."""
    output: str


def run_process(command: Sequence[str], environment: Mapping[str, str] | None = None) -> Usage:
    """Run a command to its end.

    Raises:
        SystemExit: It failed; its own words come first.
    """
    with tempfile.TemporaryFile("w+") as output, tempfile.TemporaryFile("w+") as complaints:
        started = time.perf_counter()
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=complaints,
            env={**os.environ, **(environment or {})},
        )  # fmt: skip
        peak = _PeakMemory(process.pid)
        _, status, used = os.wait4(process.pid, 0)
        wall_s = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        peak_mb = max(peak.stop(), _own_peak_mb(used.ru_maxrss))
        output.seek(0)
        complaints.seek(0)
        if process.returncode:
            raise SystemExit(f"{complaints.read()}\n{' '.join(command)} ended with {process.returncode}")
        return Usage(wall_s, used.ru_utime + used.ru_stime, peak_mb, output.read())


class _PeakMemory:
    """Watches the memory of a process and of all below it from a thread; without /proc it sees nothing."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._peak_mb = 0.0
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def stop(self) -> float:
        self._stopping.set()
        self._thread.join()
        return self._peak_mb

    def _watch(self) -> None:
        while not self._stopping.wait(_SAMPLE_EVERY_S):
            self._peak_mb = max(self._peak_mb, sum(map(resident_mb, _tree(self._pid))))


def _tree(pid: int) -> list[int]:
    """A process and all below it."""
    children: dict[int, list[int]] = {}
    for place in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(place.read_text().rpartition(")")[2].split()[1])
        except (OSError, ValueError, IndexError):  # it ended meanwhile
            continue
        children.setdefault(parent, []).append(int(place.parent.name))
    found = [pid]
    for one in found:
        found.extend(children.get(one, ()))
    return found


def resident_mb(pid: int | str = "self", field: str = "VmRSS") -> float:
    """Resident memory of a process now, or at its highest (`VmHWM`); 0 where the system does not say."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0.0
    line = next((line for line in status.splitlines() if line.startswith(f"{field}:")), "")
    return int(line.split()[1]) / 1024 if line else 0.0


def _own_peak_mb(max_rss: int) -> float:
    return max_rss / (1024 * 1024 if sys.platform == "darwin" else 1024)


def times_ms(act: Callable[[Any], object], over: Iterable[Any]) -> list[float]:
    """Milliseconds of one call for each argument, in order."""
    found = []
    for argument in over:
        started = time.perf_counter()
        act(argument)
        found.append((time.perf_counter() - started) * 1000)
    return found


def percentile(values: Iterable[float], share: float) -> float:
    """The value that this share of the values lies at or below."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def quantiles(values: Sequence[float]) -> dict[str, float]:
    """Middle, 99th percentile and count, in the unit of the values."""
    return {"p50": percentile(values, 0.5), "p99": percentile(values, 0.99), "count": len(values)}


def spread(values: Sequence[float]) -> dict[str, float]:
    """Median with the least and the greatest."""
    return {"median": statistics.median(values), "min": min(values), "max": max(values)}


def machine() -> dict[str, Any]:
    """Where a result comes from: commit, interpreter, processors and how busy they were."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return {
        "commit": _git("rev-parse", "--short", "HEAD"),
        "changed": bool(_git("status", "--porcelain", "--", "indexer", "server")),
        "python": platform.python_version(),
        "system": platform.platform(),
        "processor": _processor(),
        "processors": usable,
        "load": [round(load, 2) for load in os.getloadavg()],
    }


def _git(*arguments: str) -> str:
    ran = subprocess.run(["git", "-C", str(PROJECT), *arguments], capture_output=True, text=True, check=False)
    return ran.stdout.strip()


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")


def option_parser(description: str | None) -> argparse.ArgumentParser:
    """A parser with what every benchmark takes."""
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False
    )
    parser.add_argument("--json", action="store_true", help="print one JSON document instead of a table")
    return parser


def show(result: dict[str, Any], table: Callable[[dict[str, Any]], str], *, as_json: bool) -> None:
    """Print a result with the machine it comes from."""
    result = {"machine": machine(), **result}
    if as_json:
        print(json.dumps(_rounded(result), indent=1))
        return
    print(table(result))
    about = result["machine"]
    print(f"\n{about['commit']}{' with changes' if about['changed'] else ''}, Python {about['python']}, "
          f"{about['processors']} × {about['processor']}, load {about['load'][0]}")  # fmt: skip


def _rounded(value: Any) -> Any:
    """Floats to four significant digits, so that results by commit stay readable."""
    if isinstance(value, float):
        return float(f"{value:.4g}")
    if isinstance(value, dict):
        return {key: _rounded(item) for key, item in value.items()}
    return [_rounded(item) for item in value] if isinstance(value, list | tuple) else value


def note(text: str) -> None:
    """Say on stderr how far it is."""
    print(text, file=sys.stderr, flush=True)
