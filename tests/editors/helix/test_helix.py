"""Helix's own language client on a terminal, with the settings of docs/editors.md, against the installed server."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from tests.editors.documented import environment, settings
from tests.editors.neovim import repository
from tests.editors.neovim.terminal import Terminal, terminal

WAIT_S = 60.0
"""How long a wait may take that ends in milliseconds on a machine at rest."""
LOOKS_PER_TRY = 200
"""So often is the screen looked at before the keys are pressed once more."""
CLOSE = "<C-c>"
"""Closes what is open, as Escape does; which with a key right behind it would be read as Alt and that key."""
QUOTES = 6
"""Of the doc comments that the file begins with."""
FILE = "src/kiln/sessions.py"


@pytest.fixture
def helix(tmp_path: Path) -> Iterator[Terminal]:
    """Helix with a file open, the cursor on the name of the class that it defines."""
    named = os.environ.get("SCHOLIAST_HELIX") or shutil.which("hx")
    if named is None:
        pytest.skip("no Helix: apt-get install hx, or name one in SCHOLIAST_HELIX")
    if shutil.which("tmux") is None:
        pytest.skip("no tmux, which draws the terminal")
    workspace, configuration = tmp_path / "workspace", tmp_path / ".config" / "helix"
    workspace.mkdir()
    repository.generate(workspace)
    configuration.mkdir(parents=True)
    (configuration / "languages.toml").write_text(settings("Helix", "toml"), "utf-8")
    with terminal([named, FILE], workspace, environment(tmp_path, TERM="tmux-256color")) as screen:
        screen.wait_for(lambda text: "class CookieSigner" in text, WAIT_S)
        screen.press("/CookieS", "<Enter>")
        yield screen


def test_a_person_hovers_searches_and_documents(helix: Terminal) -> None:
    hover = (" k",)
    until_shown(helix, hover, hover, "(class) CookieSigner", f"{FILE}:6")
    search = (" S", "where are routes registered")
    until_shown(helix, search, (CLOSE, *search), "function register_route")
    helix.press(CLOSE, " a")
    helix.wait_for(lambda text: "Explain this" in text and "Show related code" in text, WAIT_S)
    helix.press(CLOSE, "/__init__", "<Enter>", " a")
    helix.wait_for(lambda text: "Document this" in text, WAIT_S)
    helix.press("<Enter>")  # the first one: Helix puts what rewrites before what answers
    helix.wait_for(lambda text: text.count('"""') == QUOTES + 2, WAIT_S)


def until_shown(helix: Terminal, keys: Sequence[str], again: Sequence[str], *parts: str) -> None:
    """Press keys until the screen shows all parts: at first there may be no index that knows the answer."""
    looks = 0

    def is_shown(text: str) -> bool:
        nonlocal looks
        if looks % LOOKS_PER_TRY == 0:
            helix.press(*(again if looks else keys))
        looks += 1
        return all(part in text for part in parts)

    helix.wait_for(is_shown, WAIT_S)


def test_an_explanation_comes_as_a_message_where_documents_can_not_be_shown(helix: Terminal) -> None:
    """Helix shows documents from 25.07 on; what the message says of them then stands in the document."""
    hover = (" k",)
    until_shown(helix, hover, hover, f"{FILE}:6")  # there is an index
    helix.press(CLOSE, " a")
    helix.wait_for(lambda text: "Explain this" in text, WAIT_S)
    helix.press("<Enter>")
    helix.wait_for(lambda text: "explained-1.md: `CookieSigner`" in text and "is described" in text, WAIT_S)
