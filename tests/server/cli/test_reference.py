"""The help, its documents and shell completion say what the parser knows."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, get_args

import pytest

from scholiast_indexer.types import Kind
from scholiast_server.cli import options
from scholiast_server.cli.parser import VERBS, build_parser
from scholiast_server.cli.reference import PAGES
from scholiast_server.settings import all_settings

if TYPE_CHECKING:
    from tests.server.cli.conftest import Scholiast

DOCS = Path(__file__).parents[3] / "docs"


@pytest.mark.parametrize(("name", "page"), PAGES.items())
def test_the_pages_made_from_the_code_are_fresh(
    name: str, page: Callable[[], str], request: pytest.FixtureRequest
) -> None:
    if request.config.getoption("--update-goldens"):
        (DOCS / name).write_text(page(), encoding="utf-8")
    assert (DOCS / name).read_text(encoding="utf-8") == page(), f"run: python -m scholiast_server.cli.reference {DOCS}"


def test_the_schema_describes_every_setting() -> None:
    schema = json.loads((DOCS / "settings.schema.json").read_text(encoding="utf-8"))
    sections = schema["$defs"]["Settings"]["properties"]
    for setting in all_settings():
        section, _, name = setting.key.partition(".")
        described = schema["$defs"][sections[section]["$ref"].rpartition("/")[2]]["properties"][name]
        assert described["description"] == setting.description
        default = described["default"]
        assert (str(default).lower() if isinstance(default, bool) else str(default)) == setting.default


def test_kinds_are_those_of_the_index() -> None:
    assert get_args(Kind) == options.KINDS


def test_examples_in_the_help_can_be_parsed() -> None:
    import shlex

    parser = build_parser("0")
    commands = [command for verb in VERBS for each in (verb, *verb.actions) for command, _ in each.examples]
    assert len(commands) > 12
    for command in commands:
        words = shlex.split(command.split(" | ")[0].split(" > ")[0].split(" && ")[0].removesuffix(" &"))
        if words[0] == "scholiast":
            assert parser.parse_args(words[1:]).verb == words[1]


def test_help_fits_a_terminal_and_shows_examples(indexed: Scholiast) -> None:
    named = [verb.name for verb in VERBS]
    actions = [f"{verb.name} {action.name}" for verb in VERBS for action in verb.actions]
    for verb in ("", *named, *actions):
        done = indexed(*verb.split(), "--help", extra={"COLUMNS": "80"})
        assert (done.code, done.err) == (0, "")
        above, _, examples = done.out.partition("examples:")
        assert max(map(len, above.split("\n"))) <= 82
        assert "scholiast" in examples


def test_the_version_is_told(indexed: Scholiast) -> None:
    from scholiast_indexer import __version__

    assert indexed("--version").out == f"scholiast {__version__}\n"


def test_help_loads_nothing_heavy(indexed: Scholiast) -> None:
    import sys

    code = (
        "import sys; from scholiast_server.cli.main import main; main(['--help']);"
        "print([name for name in ('numpy', 'msgspec', 'rich', 'tantivy', 'watchdog', 'tree_sitter', 'sqlite3')"
        " if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env=indexed.environment, capture_output=True, text=True, check=True
    )
    assert done.stderr == "[]\n"


def test_a_search_of_a_current_index_loads_no_parser_and_no_renderer(indexed: Scholiast) -> None:
    import sys

    code = (
        "import sys; from scholiast_server.cli.main import main; code = main(['search', 'startPage']);"
        "print([name for name in ('rich', 'watchdog', 'tree_sitter', 'scholiast_indexer.build',"
        " 'scholiast_server.answering') if name in sys.modules], code, file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=indexed.folder, env=indexed.environment, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stderr == "[] 0\n"


@pytest.mark.parametrize("shell", options.SHELLS)
def test_completion_knows_verbs_and_options(indexed: Scholiast, shell: str) -> None:
    done = indexed("completion", shell)
    assert (done.code, done.err) == (0, "")
    for known in ("search", "doctor", "explain", "completion"):
        assert known in done.out


def test_the_bash_completion_is_valid_bash(indexed: Scholiast) -> None:
    script = indexed("completion", "bash").out
    subprocess.run(["bash", "-n"], input=script, text=True, check=True)
