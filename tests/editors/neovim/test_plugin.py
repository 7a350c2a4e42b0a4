"""The plugin in a real Neovim, against the installed server."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any

from tests.editors.neovim.plugged import Plugged
from tests.editors.processes import processes

QUESTION = "how is a session cookie signed?"
SESSIONS, ROUTES = "src/kiln/sessions.py", "src/kiln/routes.py"
SIGN_LINE = 12
"""Where `CookieSigner.sign` begins, which answers the question."""


def ask(plugged: Plugged, question: str = QUESTION) -> dict[str, Any]:
    """Ask from a file that has nothing to do with it; the answer."""
    plugged.open(ROUTES)
    plugged.command(f"Scholiast ask {question}")
    return plugged.answered()


def place(plugged: Plugged) -> tuple[str, int]:
    """The file and the line of the cursor."""
    at = plugged.do("place")
    path, own = Path(at["path"]), plugged.workspace
    return str(path.relative_to(own) if path.is_relative_to(own) else path), at["line"]


def test_the_first_question_waits_for_the_index_and_is_answered(plugged: Plugged) -> None:
    answer = ask(plugged)
    assert answer["lines"][0] == f"# {QUESTION}" and answer["is_current"]
    assert any(line.startswith(f"[1] ✓ {SESSIONS}:{SIGN_LINE}-14") for line in answer["lines"])
    assert "verified" in answer["notes"][0]
    assert {"group": "ScholiastVerified", "text": "[1]"} in answer["marks"]
    assert plugged.do("notices") == []


def test_a_citation_opens_its_lines_beside_the_answer(plugged: Plugged) -> None:
    ask(plugged)
    for key in ("<CR>", "gd"):
        plugged.do("go_to", "[1]")
        plugged.do("press", key)
        assert place(plugged) == (SESSIONS, SIGN_LINE)
    assert plugged.do("answer")["lines"], "the answer is still shown"


def test_a_source_and_the_words_that_rest_on_it_open_it_too(plugged: Plugged) -> None:
    ask(plugged)
    for text in (f"[1] ✓ {SESSIONS}", "session cookie is signed by"):
        plugged.do("go_to", text)
        plugged.do("press", "<CR>")
        assert place(plugged) == (SESSIONS, SIGN_LINE)


def test_tab_goes_from_citation_to_citation(plugged: Plugged) -> None:
    answer = ask(plugged)
    plugged.do("press", "<Tab>")
    row, column = plugged.do("answer")["cursor"]
    assert answer["lines"][row - 1][column:].startswith("[1]")
    plugged.do("press", "<Tab><S-Tab>")
    assert plugged.do("answer")["cursor"] == [row, column]


def test_a_citation_is_shown_in_a_float(plugged: Plugged) -> None:
    ask(plugged)
    plugged.do("go_to", "[1]")
    plugged.do("press", "K")
    shown = plugged.do("floats")
    assert f"{SESSIONS}:{SIGN_LINE}-14" in shown and "✓ verified" in shown and "hmac.new" in shown


def test_all_citations_fill_the_quickfix_list(plugged: Plugged) -> None:
    answer = ask(plugged)
    plugged.do("press", "<C-q>")
    found = plugged.do("quickfix")
    cited = [line for line in answer["lines"] if line.startswith("[")]
    assert found["title"] == f"Scholiast: {QUESTION}" and len(found["items"]) == len(cited) > 0
    assert (found["items"][0]["path"], found["items"][0]["line"]) == (str(plugged.workspace / SESSIONS), SIGN_LINE)


def test_a_follow_up_stands_below_and_knows_what_was_said(plugged: Plugged) -> None:
    first = ask(plugged)
    plugged.do("will_answer", "and where is it called?")
    plugged.do("press", "a")
    second = plugged.answered(lambda answer: sum("extractive" in note for note in answer["notes"]) == 2)
    assert second["buffer"] == first["buffer"] and second["lines"][: len(first["lines"])] == first["lines"]
    assert "# and where is it called?" in second["lines"] and any("application.py" in line for line in second["lines"])


def test_another_question_is_another_page_and_the_way_back_is_kept(plugged: Plugged) -> None:
    plugged.command("set number signcolumn=yes")
    first = ask(plugged)
    plugged.command("wincmd p")
    plugged.command("Scholiast ask where is the route table?")
    second = plugged.answered(lambda answer: answer["lines"][:1] != first["lines"][:1] and "extractive" in str(answer))
    assert second["buffer"] != first["buffer"]
    assert first["columns_aside"] == second["columns_aside"] == 0
    plugged.do("press", "<C-o>")
    assert plugged.do("answer")["lines"] == first["lines"]


def test_a_selection_is_explained(plugged: Plugged) -> None:
    plugged.open(SESSIONS, 6)
    plugged.do("press", "V2j:Scholiast explain<CR>")
    answer = plugged.answered()
    assert answer["lines"][0] == f"# Explain {SESSIONS}:6-8"
    assert any("CookieSigner" in line for line in answer["lines"][1:])


def test_code_actions_answer_in_the_window(plugged: Plugged) -> None:
    plugged.editor.peer.lua("require('scholiast').enable()")
    plugged.open(SESSIONS, SIGN_LINE)
    plugged.command("filetype detect")
    plugged.editor.attach()
    plugged.editor.wait_until_ready()
    plugged.do("take_action", "Explain this")
    assert plugged.answered()["lines"][0] == f"# Explain {SESSIONS}:{SIGN_LINE}"
    plugged.do("will_answer", "what is it signed with?")
    plugged.command("wincmd p")
    plugged.do("press", "ggVG")
    plugged.do("take_action", "Ask about the selection")
    answer = plugged.answered(lambda answer: answer["lines"][0].startswith("# what") and "extractive ·" in str(answer))
    assert plugged.do("choices")[-1]["prompt"] == "Ask about it: " and "CookieSigner" in str(answer["lines"])


def test_the_answer_is_shown_again(plugged: Plugged) -> None:
    lines = ask(plugged)["lines"]
    plugged.do("press", "q")
    assert plugged.do("answer") is None
    plugged.command("Scholiast show")
    assert plugged.do("answer")["lines"] == lines


def test_a_doc_comment_is_drafted_and_taken_back(plugged: Plugged) -> None:
    (plugged.workspace / "plain.py").write_text("def add_tax(price, rate):\n    return price * (1 + rate)\n", "utf-8")
    plugged.open("plain.py")
    before = lines(plugged)
    plugged.command("Scholiast document")
    after = plugged.eventually(lambda: lines(plugged), lambda now: now != before)
    assert '"""' in "".join(after)
    plugged.do("press", "u")
    assert lines(plugged) == before


def lines(plugged: Plugged) -> list[str]:
    """The text of the current buffer."""
    text: list[str] = plugged.editor.peer.call("nvim_buf_get_lines", 0, 0, -1, False)
    return text


def test_a_hit_is_picked_and_opened(plugged: Plugged) -> None:
    plugged.open(ROUTES)
    plugged.do("will_answer", 1)
    plugged.command("Scholiast search CookieSigner")
    plugged.eventually(lambda: place(plugged), lambda at: at == (SESSIONS, 6))
    labels = plugged.do("choices")[-1]["labels"]
    assert labels[0] == f"{SESSIONS}:6: CookieSigner"


def test_hits_fill_the_quickfix_list(plugged: Plugged) -> None:
    plugged.open(ROUTES)
    plugged.command("Scholiast! search CookieSigner")
    found = plugged.eventually(lambda: plugged.do("quickfix"), lambda found: found["items"])
    assert found["items"][0]["path"] == str(plugged.workspace / SESSIONS)


def test_a_search_without_a_query_asks_for_one(plugged: Plugged) -> None:
    plugged.open(ROUTES)
    plugged.do("will_answer", "CookieSigner")
    plugged.do("will_answer", 1)
    plugged.command("Scholiast search")
    plugged.eventually(lambda: place(plugged), lambda at: at[0] == SESSIONS)


def test_the_state_of_the_index_is_told(plugged: Plugged) -> None:
    ask(plugged)
    plugged.command("Scholiast status")
    told = plugged.told("workspace: ready")[-1]
    assert "5 files" in told and "answers by extractive" in told
    component = plugged.editor.peer.lua("return require('scholiast').statusline()")
    assert component == "scholiast 5 files"


def test_files_are_looked_at_again(plugged: Plugged) -> None:
    ask(plugged)
    plugged.command("Scholiast! index")
    plugged.told("looking at all files again")


def test_the_log_opens(plugged: Plugged) -> None:
    ask(plugged)
    plugged.command("Scholiast log")
    plugged.eventually(lambda: place(plugged)[0], lambda path: path.endswith(".log"))


def test_a_server_that_is_killed_is_started_again_for_its_buffers(plugged: Plugged) -> None:
    ask(plugged)
    plugged.command("wincmd p")
    before = plugged.do("servers")
    kill_server(plugged)
    plugged.told("was started again")
    after = plugged.eventually(
        lambda: plugged.do("servers"), lambda servers: any(server["id"] != before[0]["id"] for server in servers)
    )
    assert [server["buffers"] for server in after] == [before[0]["buffers"]] == [1]
    plugged.command(f"Scholiast ask {QUESTION}")
    answer = plugged.answered(lambda answer: answer["buffer"] != 2 and "extractive ·" in str(answer["notes"]))
    assert "[1] ✓" in str(answer["lines"])


def kill_server(plugged: Plugged) -> None:
    """Kill the language server as a system short of memory does."""
    found = [number for number, line in processes(plugged.editor.mark).items() if line.endswith(" serve")]
    assert found
    for number in found:
        os.kill(number, signal.SIGKILL)


def test_the_server_starts_by_itself_for_files_of_repositories_alone(plugged: Plugged, tmp_path: Path) -> None:
    outside = tmp_path / "outside.py"
    outside.write_text("x = 1\n", "utf-8")
    plugged.editor.peer.lua("require('scholiast').enable()")
    plugged.open(str(outside))
    plugged.command("filetype detect")
    assert plugged.do("servers") == []
    plugged.open(ROUTES)
    plugged.command("filetype detect")
    servers = plugged.eventually(lambda: plugged.do("servers"), lambda servers: len(servers) == 1)
    assert servers[0]["root"] == str(plugged.workspace)


def test_one_server_serves_what_is_asked_and_what_is_open(plugged: Plugged) -> None:
    plugged.editor.peer.lua("require('scholiast').enable()")
    ask(plugged)
    plugged.open(SESSIONS)
    assert len(plugged.do("servers")) == 1


def test_a_health_check_says_what_is_there(plugged: Plugged) -> None:
    ask(plugged)
    plugged.command("checkhealth scholiast")
    text = "\n".join(plugged.editor.peer.call("nvim_buf_get_lines", 0, 0, -1, False))
    for part in ("settings are sound", "ready: 5 files", "answers by extractive", "vim.ui.select shows what is found"):
        assert part in text, text
    assert "ERROR" not in text, text
