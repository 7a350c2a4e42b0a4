"""The recipes of docs/ci.md run as they stand: every step, without a terminal, a home folder or a network."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml

PROJECT = Path(__file__).resolve().parents[2]
PAGE = PROJECT / "docs" / "ci.md"
ACTIONS = {"actions/checkout@v4", "actions/setup-python@v5", "actions/cache@v4"}
"""What a recipe may ask of GitHub without a command line: all of it holds in a clone with Python."""

Copy = Callable[[Path], Path]


class Recipe(msgspec.Struct, frozen=True):
    """What a job runs, where, and what it keeps for the next run."""

    name: str
    environment: dict[str, str]
    scripts: tuple[str, ...]
    cached: tuple[str, ...]


def recipes() -> Iterator[Recipe]:
    for heading, block in re.findall(r"^## ([^\n]+)\n+```yaml\n(.*?)^```", PAGE.read_text("utf-8"), re.M | re.S):
        yield (
            read_github(heading, yaml.safe_load(block))
            if heading.startswith("GitHub")
            else read_gitlab(heading, yaml.safe_load(block))
        )


def read_github(name: str, document: dict[str, Any]) -> Recipe:
    (job,) = document["jobs"].values()
    assert job["defaults"]["run"]["shell"] == "bash", "a step's pipe must fail with its first command"
    used = [step for step in job["steps"] if "uses" in step]
    assert {step["uses"] for step in used} <= ACTIONS
    cached = tuple(step["with"]["path"] for step in used if step["uses"].startswith("actions/cache"))
    return Recipe(name, job["env"], tuple(step["run"] for step in job["steps"] if "run" in step), cached)


def read_gitlab(name: str, document: dict[str, Any]) -> Recipe:
    (job,) = document.values()
    cached = tuple(path.rstrip("/") for path in job["cache"]["paths"])
    return Recipe(name, job["variables"], tuple(job["script"]), cached)


RECIPES = list(recipes())


def environment_of(recipe: Recipe, scratch: Path) -> dict[str, str]:
    """No home, no terminal settings, no user: only where programs lie. Only pip is told to stay off the network."""
    installed = scratch / "installed"
    return {
        **recipe.environment,
        "PATH": f"{installed / 'bin'}:{Path(sys.executable).parent}:/usr/local/bin:/usr/bin:/bin",
        "PYTHONPATH": str(installed),
        "PIP_TARGET": str(installed),
        "PIP_NO_DEPS": "1",
        "PIP_NO_INDEX": "1",
        "PIP_NO_CACHE_DIR": "1",
        "PIP_NO_BUILD_ISOLATION": "0",  # pip reads the value of a `no-` option as that of the option it negates
    }


def run_step(script: str, folder: Path, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """One step in a shell of its own, as the services start it."""
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
    )


def test_there_is_a_recipe_for_each_service() -> None:
    assert [recipe.name for recipe in RECIPES] == ["GitHub Actions", "GitLab CI"]


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.name)
def test_a_recipe_checks_indexes_and_asks(recipe: Recipe) -> None:
    lines = "\n".join(recipe.scripts)
    assert [verb for verb in ("doctor", "index", "search") if f"scholiast {verb}" not in lines] == []
    assert recipe.cached == (".scholiast",)


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.name)
def test_every_step_of_a_recipe_passes(recipe: Recipe, copy_project: Copy, tmp_path: Path) -> None:
    pytest.importorskip("hatchling", reason="the install step builds the project: pip install -e '.[test]'")
    folder = copy_project(tmp_path / "checkout")
    environment = environment_of(recipe, tmp_path)
    for script in recipe.scripts:
        ran = run_step(script, folder, environment)
        assert ran.returncode == 0, f"{script}\n{ran.stdout}"
    again = tmp_path / "next-checkout"
    subprocess.run(["git", "clone", "-q", str(folder), str(again)], check=True)
    for path in recipe.cached:
        (folder / path).rename(again / path)
    report = json.loads(run_step("scholiast index --json", again, environment).stdout)
    assert report["chunks"] > 0
    assert report["embedded"] == 0, "a fresh checkout with the cached index embeds nothing"


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.name)
def test_the_smoke_test_fails_where_the_file_is_not_found(recipe: Recipe, tmp_path: Path) -> None:
    (tmp_path / "add.py").write_text("def add(a, b):\n    return a + b\n")
    (search,) = (script for script in recipe.scripts if "scholiast search" in script)
    assert run_step(search, tmp_path, environment_of(recipe, tmp_path)).returncode == 1
