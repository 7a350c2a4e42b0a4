"""Every page: its links lead somewhere, its command lines are understood, and CI runs README's test command."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from scholiast_server.cli.parser import VERBS, build_parser

PROJECT = Path(__file__).resolve().parents[2]
PAGES = sorted([*PROJECT.glob("*.md"), *PROJECT.glob("docs/*.md"), *PROJECT.glob("editors/*.md")])
README = (PROJECT / "README.md").read_text("utf-8")
VERBS_ALONE = [[verb.name] for verb in VERBS] + [[verb.name, action.name] for verb in VERBS for action in verb.actions]
"""In running text `scholiast ask` names the verb."""

_LINK = re.compile(r"\]\(([^)\s]+)\)|<img [^>]*src=\"([^\"]+)\"")
_CODE = re.compile(r"^```(?:bash|console|sh|yaml)?\n(.*?)^```", re.M | re.S)
_COMMAND = re.compile(r"(?:^|[|&;] |\$ |- |run: |bin/)(scholiast (?!@)(?:[^|&;#\n\"']|\"[^\"\n]*\"|'[^'\n]*')+)", re.M)


def links() -> Iterator[tuple[Path, str]]:
    for page in PAGES:
        for match in _LINK.finditer(page.read_text("utf-8")):
            target = match[1] or match[2]
            if "://" not in target:
                yield page, target


def commands() -> Iterator[tuple[Path, str]]:
    for page in PAGES:
        text = page.read_text("utf-8")
        mentions = [span for span in re.findall(r"`(scholiast [^`\n]+)`", text) if span.split()[1:] not in VERBS_ALONE]
        for span in [*_CODE.findall(text), *mentions]:
            yield from ((page, match[1].strip()) for match in _COMMAND.finditer(span))


def label(value: Path | str) -> str:
    return value.name if isinstance(value, Path) else value


def anchors(page: Path) -> set[str]:
    """What GitHub calls the headings of a page."""
    headings = re.findall(r"^#+ (.+)$", page.read_text("utf-8"), re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_there_are_links_and_commands_to_look_at() -> None:
    assert len(list(links())) > 10
    assert len(list(commands())) > 20


@pytest.mark.parametrize(("page", "target"), list(links()), ids=label)
def test_a_link_leads_to_a_file_and_a_heading(page: Path, target: str) -> None:
    path, _, anchor = target.partition("#")
    file = page.parent / path if path else page
    assert file.exists()
    assert not anchor or anchor in anchors(file)


@pytest.mark.parametrize(("page", "command"), list(commands()), ids=label)
def test_a_command_line_is_understood(page: Path, command: str) -> None:
    words = shlex.split(re.sub(r" (?:>|2>|<).*", "", command).replace("…", "x"))[1:]
    if words[-1] in ("VERB", "--help"):
        words = ["--help"]
    try:
        build_parser("0").parse_args(words)
    except SystemExit as ended:
        assert ended.code in (0, None), f"{page.name}: {command}"


def test_the_readme_gives_two_commands_to_paste() -> None:
    ask, test = re.findall(r"^python3 -m venv \.venv .*$", README, re.M)
    assert "scholiast ask" in ask
    assert "pytest" in test
    assert all(" -e " in line and "HNSWLIB_NO_NATIVE=1" in line for line in (ask, test))


def test_ci_takes_its_test_command_from_the_readme() -> None:
    script = (PROJECT / ".ci" / "run").read_text("utf-8")
    assert "README.md" in script
    assert "-m pytest" not in script
    direct = [line for line in script.splitlines() if "bin/pytest" in line]
    assert all("tests/editors/vscode" in line for line in direct), (
        "what README.md's command skips by itself, and no more"
    )


def test_every_folder_of_the_layout_exists() -> None:
    block = README.partition("## Layout")[2].partition("```")[2].partition("```")[0]
    folders = re.findall(r"^(\S+) ", block, re.M)
    assert len(folders) >= 6
    assert [folder for folder in folders if not (PROJECT / folder).exists()] == []
