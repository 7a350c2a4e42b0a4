"""A workspace that takes seconds to index, made up from words."""

from __future__ import annotations

import random
from pathlib import Path

FILES = 400
_WORDS = "route session cookie render template worker batch vector chunk cache query score".split()  # noqa: SIM905  a sentence


def make_large(root: Path, files: int = FILES) -> Path:
    """Python files of some 60 functions in all folders; the same for each call."""
    chance = random.Random(20)
    for number in range(files):
        path = root / f"package_{number % 9}" / f"module_{number}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n\n".join(_function(chance, number, place) for place in range(30)), encoding="utf-8")
    return root


def _function(chance: random.Random, number: int, place: int) -> str:
    first, second = chance.choice(_WORDS), chance.choice(_WORDS)
    calls = [f"    {second}.append({first}.{chance.choice(_WORDS)}({n}))\n" for n in range(chance.randint(3, 12))]
    lines = "".join(calls)
    return f'def {first}_{second}_{number}_{place}({first}, {second}):\n    """The {first} of a {second}."""\n{lines}'
