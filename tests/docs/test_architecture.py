"""ARCHITECTURE.md speaks of what is there: its parts, its contracts, its tests; and the contracts hold."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

PROJECT = Path(__file__).resolve().parents[2]
PAGE = (PROJECT / "ARCHITECTURE.md").read_text("utf-8")
PROSE = " ".join(PAGE.split())
SETTINGS: dict[str, Any] = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))
PACKAGES = {"scholiast_indexer": PROJECT / "indexer", "scholiast_server": PROJECT / "server"}
NAMED_TESTS = sorted(set(re.findall(r"tests/[\w/]+\.py(?:::\w+)?", PAGE)))


def parts(package: str) -> list[str]:
    """Modules and packages directly in a package, as the tables of the page name them."""
    folder = PACKAGES[package] / package
    modules = [path.stem for path in folder.glob("*.py") if not path.stem.startswith("__")]
    return sorted(modules + [path.parent.name for path in folder.glob("*/__init__.py")])


def test_the_contracts_hold() -> None:
    program = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"
    ran = subprocess.run(
        [sys.executable, "-c", program], cwd=PROJECT, capture_output=True, encoding="utf-8", check=False
    )
    assert ran.returncode == 0, ran.stdout


@pytest.mark.parametrize("contract", [contract["name"] for contract in SETTINGS["tool"]["importlinter"]["contracts"]])
def test_each_contract_is_an_invariant_of_the_page(contract: str) -> None:
    assert f"*{contract}*" in PROSE


@pytest.mark.parametrize("named", re.findall(r" \*([^*]+)\*", PROSE.partition("## Invariants")[2]))
def test_each_contract_named_exists(named: str) -> None:
    assert named in [contract["name"] for contract in SETTINGS["tool"]["importlinter"]["contracts"]]


@pytest.mark.parametrize("package", PACKAGES)
def test_each_part_has_its_row(package: str) -> None:
    missing = [part for part in parts(package) if not re.search(rf"^\| .*`{part}`.* \|", PAGE, re.M)]
    assert missing == []


def test_the_page_names_tests() -> None:
    assert len(NAMED_TESTS) >= 15


@pytest.mark.parametrize("named", NAMED_TESTS)
def test_each_test_named_exists(named: str) -> None:
    path, _, function = named.partition("::")
    assert (PROJECT / path).is_file()
    tree = ast.parse((PROJECT / path).read_text("utf-8"))
    functions = {n.name for n in ast.walk(tree) if isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef))}
    assert not function or function in functions
