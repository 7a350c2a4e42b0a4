"""Index runs in processes of their own, over trees that change, to be killed at random moments."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from pathlib import Path

FILES = 160
FUNCTIONS = 3
UPDATE = """
import sys
from scholiast_indexer import open_index
print("loaded", flush=True)
with open_index(sys.argv[1]) as index:
    index.update()
"""
WORDS = "route session cookie render template worker batch vector chunk cache query score".split()  # noqa: SIM905  a sentence


def write_tree(root: Path, seed: int) -> None:
    """Write, change and delete files; each seed gives another tree, most of whose files are those of the last."""
    for number in range(FILES):
        chance = random.Random(number * 1_000_003 + seed * (number % 3 == seed % 3))
        path = root / f"package_{number % 7}" / f"module_{number}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        if chance.random() < 0.05:
            path.unlink(missing_ok=True)
            continue
        text = "\n\n".join(_function(chance, number, place) for place in range(FUNCTIONS))
        if not path.exists() or path.read_text() != text:
            path.write_text(text)


def _function(chance: random.Random, number: int, place: int) -> str:
    first, second = chance.choice(WORDS), chance.choice(WORDS)
    lines = "".join(f"    {second}.append({first}.{chance.choice(WORDS)}({n}))\n" for n in range(chance.randint(3, 12)))
    return f'def {first}_{second}_{number}_{place}({first}, {second}):\n    """The {first} of a {second}."""\n{lines}'


def start_run(root: Path) -> subprocess.Popen[bytes]:
    """An index run in a process of its own."""
    command = [sys.executable, "-c", UPDATE, str(root)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def run_whole(root: Path) -> None:
    """A run that nobody kills."""
    with start_run(root) as process:
        _, told = process.communicate()
    assert process.returncode == 0, told.decode()


def kill_a_run(root: Path, after_s: float) -> bool:
    """Start a run and kill it so long after it has loaded its modules; False when it was done before."""
    with start_run(root) as process:
        assert process.stdout is not None
        process.stdout.readline()
        try:
            process.wait(after_s)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
        process.communicate()
    return process.returncode == -signal.SIGKILL


def descendants(process_id: int) -> set[int]:
    """Process ids of all children and their children, as the system lists them."""
    children: set[int] = set()
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and _parent(entry) == process_id:
            children |= {int(entry.name)} | descendants(int(entry.name))
    return children


def is_running(process_id: int) -> bool:
    """Whether a process is there and not merely waiting to be reaped."""
    try:
        return (Path("/proc") / str(process_id) / "stat").read_text().rpartition(") ")[2][0] != "Z"
    except OSError:
        return False


def _parent(entry: Path) -> int:
    try:
        return int((entry / "stat").read_text().rpartition(") ")[2].split()[1])
    except OSError:
        return -1


def kills_wanted(default: int) -> int:
    """How many runs to kill: SCHOLIAST_KILLS, or the default."""
    return int(os.environ.get("SCHOLIAST_KILLS", default))
