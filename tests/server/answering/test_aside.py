"""A question that stands in the code is no evidence for itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from scholiast_indexer.types import Hit
from scholiast_server.answering.aside import Aside, WithoutAside, without_aside
from scholiast_server.answering.focus import Focus
from scholiast_server.answering.inquiry import Context
from scholiast_server.answering.types import EvidenceSource
from scholiast_server.compose import ask, fitness, open_workspace, related
from scholiast_server.models.extractive import ExtractiveEngine
from scholiast_server.settings import Settings

Build = Callable[[Mapping[str, str]], tuple[EvidenceSource, Callable[[str], list[Hit]]]]

QUESTION = "how is the session cookie signed?"
PAGE = f"def show_page(user):\n    # {QUESTION}\n    return render(user)\n"
SESSIONS = 'def sign_cookie(payload):\n    """Sign the cookie of a session."""\n    return mac(payload)\n'
ASIDE = Aside("page.py", 2, 2)


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_the_lines_of_the_question_are_blanked_and_no_others(build: Build, newline: str) -> None:
    source, _ = build({"page.py": PAGE.replace("\n", newline), "sessions.py": SESSIONS})
    without = WithoutAside(source, ASIDE)
    assert without.read("page.py") == newline.join(["def show_page(user):", "", "    return render(user)", ""]).encode()
    assert without.read("sessions.py") == SESSIONS.encode() and without.read("none.py") is None
    assert Aside("page.py", 9, 10**9).blanked("page.py", b"x") == b"x"


def test_a_hit_that_holds_the_question_counts_by_what_else_it_says(build: Build) -> None:
    _, search = build({"page.py": PAGE, "sessions.py": SESSIONS})
    assert "page.py" in {hit.path for hit in search(QUESTION)}
    assert [hit.path for hit in without_aside(QUESTION, search(QUESTION), ASIDE)] == ["sessions.py"]
    kept = without_aside("how is show_page shown?", search("show_page"), ASIDE)
    assert kept[0].path == "page.py" and QUESTION not in kept[0].text


def test_a_question_in_a_file_is_answered_from_elsewhere(tmp_path: Path) -> None:
    (tmp_path / "page.py").write_text(PAGE)
    (tmp_path / "sessions.py").write_text(SESSIONS)
    with open_workspace(tmp_path, Settings()) as index:
        index.update()
        answer = ask(index, ExtractiveEngine(), QUESTION, context=Context(aside=ASIDE))
        assert {citation.path for citation in answer.citations} == {"sessions.py"}
        assert {citation.status for citation in answer.citations} == {"verified"}
        here = Context(Focus("page.py", 3, 3, "    return render(user)"), aside=ASIDE)
        about = ask(index, ExtractiveEngine(), "what is this for?", context=here)
        assert [(cited.symbol, cited.status) for cited in about.citations][:1] == [("show_page", "verified")]


def test_files_in_view_win_ties_and_the_workspace_that_knows_is_the_fitter_one(tmp_path: Path) -> None:
    twins = {name: f'def {name}_lock(door):\n    """Lock a door of the house."""\n    door.close()\n' for name in "qyz"}
    for name, text in twins.items():
        (tmp_path / f"{name}.py").write_text(text)
    with open_workspace(tmp_path, Settings()) as index:
        index.update()
        for name in twins:
            answer = ask(
                index, ExtractiveEngine(), "how is a door locked?", context=Context(open_paths=(f"{name}.py",))
            )
            assert answer.provenance.evidence[0].path == f"{name}.py"
        knows, guesses = fitness(index, "how is a door locked?", Context()), fitness(index, QUESTION, Context())
        assert knows > guesses and knows[0] and not guesses[0]
        found = related(index, Focus("q.py", 1, 1, "def q_lock(door):"), 5)
        assert {hit.path for hit in found} == {"y.py", "z.py"}
        assert related(index, Focus("none.py", 1, 1, ""), 5) == []
