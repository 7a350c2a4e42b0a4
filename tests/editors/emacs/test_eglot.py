"""Emacs's own language client, with the settings of docs/editors.md, against the installed server."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from tests.editors.documented import environment, settings
from tests.editors.neovim import repository

HERE = Path(__file__).parent
WAIT_S = 60.0
"""How long a wait may take that ends in milliseconds on a machine at rest."""
RUN_S = 240.0
PROBE = "(progn (require 'eglot) (princ emacs-major-version))"


@pytest.fixture(scope="module")
def emacs() -> str:
    """An Emacs that has eglot and shows documents."""
    named = os.environ.get("SCHOLIAST_EMACS") or shutil.which("emacs")
    if named is None:
        pytest.skip("no Emacs: apt-get install emacs-nox (30 or newer), or name one in SCHOLIAST_EMACS")
    said = run(named, "--eval", PROBE)
    if said.returncode != 0 or int(said.stdout) < 30:
        pytest.skip(f"{named} is older than Emacs 30")
    return named


@pytest.fixture(scope="module")
def told(emacs: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What came of a person's way through Emacs."""
    home = tmp_path_factory.mktemp("home")
    workspace = home / "workspace"
    workspace.mkdir()
    repository.generate(workspace)
    configuration = home / "init.el"
    configuration.write_text(settings("Emacs", "elisp"), "utf-8")
    asked = environment(
        home,
        PERSON_WAIT_S=str(WAIT_S),
        PERSON_FILE="src/kiln/sessions.py",
        PERSON_NAME="CookieSigner",
        PERSON_QUESTION="where are routes registered?",
        PERSON_UNDOCUMENTED="__init__",
        PERSON_OUTPUT=str(home / "told.json"),
    )
    done = run(emacs, "-l", str(configuration), "-l", str(HERE / "person.el"), cwd=workspace, env=asked)
    assert done.returncode == 0, done.stderr
    result: dict[str, Any] = json.loads((home / "told.json").read_bytes())
    return result


def run(
    emacs: str, *arguments: str, cwd: Path | None = None, env: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    command = [emacs, "-Q", "--batch", *arguments]
    return subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, timeout=RUN_S, check=False)


def test_the_handshake_settles_on_emacs_own_characters(told: dict[str, Any]) -> None:
    assert told["encoding"] == "utf-32"


def test_hover_says_what_a_name_is(told: dict[str, Any]) -> None:
    assert "Signs session cookies with the secret key." in told["hover"]


def test_a_question_in_words_is_answered_by_the_search_for_symbols(told: dict[str, Any]) -> None:
    found = [(Path(item["path"]).name, item["line"]) for item in told["symbols"]]
    assert ("routes.py", 11) in found[:3], found


def test_an_explanation_opens_as_a_document(told: dict[str, Any]) -> None:
    assert {"Explain this", "Show related code"} <= set(told["actions"])
    assert "CookieSigner" in told["document"] and "sessions.py" in told["document"]


def test_a_doc_comment_is_written_into_the_file(told: dict[str, Any]) -> None:
    assert told["text"].count('"""') == 8, told["text"]
