"""Which adapters a text is written under: what is said nearest holds, and what can't be used is told."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest
import tests.server.adapters.needed  # noqa: F401  (skips)

from scholiast_server.adapters.choosing import Choice, Context, choose, choose_of_server
from scholiast_server.adapters.listing import Models, rows
from scholiast_server.adapters.selection import ANY, Selection, change_selection, forget, read_selection, with_choice
from scholiast_server.adapters.wanted import checked_wanted, parsed, written
from scholiast_server.errors import AdapterError
from scholiast_server.models.protocol import AdapterUse, Task
from scholiast_server.settings import AdapterSettings, ModelSettings, Settings

if TYPE_CHECKING:
    from tests.server.adapters.conftest import Shelf

HERE, ELSEWHERE = Path("/code/here"), Path("/code/elsewhere")


class Choosing:
    """Some adapters, and what is chosen among them."""

    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf
        self.settings = Settings()
        self.held = Selection()
        for name in ("style", "terse", "formal"):
            shelf.add(name, scale={"terse": 0.5}.get(name, 1.0))
        shelf.add("commits", tasks=("commit",))

    def use(self, text: str | None, *places: Task, root: Path | None = None) -> None:
        change_selection(self.shelf.registry.folder, text, places=places or (ANY,), root=root)

    def context(self, root: Path = HERE) -> Context:
        return Context(self.settings, self.shelf.registry, root, self.held)

    def __call__(self, task: Task = "ask", root: Path = HERE, asked: str | None = None) -> str:
        found = choose(task, self.context(root), model=self.shelf.model, asked=asked)
        return ",".join(f"{use.name}:{use.scale:g}" for use in found.uses) + (f" ! {found.note}" if found.note else "")


@pytest.fixture
def chosen(shelf: Shelf) -> Choosing:
    return Choosing(shelf)


def test_nothing_chosen_is_the_model_as_it_is(chosen: Choosing) -> None:
    assert chosen() == ""


def test_what_is_said_nearest_holds(chosen: Choosing) -> None:
    chosen.use("formal")
    assert chosen() == chosen("explain") == chosen(root=ELSEWHERE) == "formal:1"
    chosen.use("terse", root=HERE)
    assert (chosen(), chosen(root=ELSEWHERE)) == ("terse:0.5", "formal:1")
    chosen.use("style", "ask", root=HERE)
    assert (chosen(), chosen("explain")) == ("style:1", "terse:0.5")
    chosen.settings = Settings(model=ModelSettings(adapter="formal"))
    assert chosen() == "formal:1"
    chosen.settings = Settings(model=ModelSettings(adapter="formal"), adapters=AdapterSettings(ask="terse"))
    assert (chosen(), chosen("explain")) == ("terse:0.5", "formal:1")
    chosen.held = with_choice(Selection(), "style:2", (ANY,), None)
    assert chosen() == "style:2"
    assert chosen(asked="formal:0.1") == "formal:0.1"
    assert chosen(asked="none") == ""


def test_a_choice_can_be_taken_back(chosen: Choosing) -> None:
    chosen.use("formal")
    chosen.use("none", root=HERE)
    assert (chosen(), chosen(root=ELSEWHERE)) == ("", "formal:1")
    chosen.use(None, root=HERE)
    assert chosen() == "formal:1"
    chosen.use(None)
    assert chosen() == ""
    assert chosen.shelf.registry.folder is not None
    assert read_selection(chosen.shelf.registry.folder) == Selection()


def test_what_is_chosen_for_everything_takes_the_place_of_what_was_for_some(chosen: Choosing) -> None:
    chosen.use("terse", "ask", "explain")
    chosen.use("formal")
    assert (chosen(), chosen("explain")) == ("formal:1", "formal:1")


def test_one_chosen_for_everything_serves_what_it_was_added_for(chosen: Choosing) -> None:
    chosen.use("commits")
    assert (chosen("commit"), chosen()) == ("commits:1", "")
    assert chosen(asked="commits") == "commits:1", "who asks for it by name gets it"
    with pytest.raises(AdapterError, match="commits does not serve ask; it serves commit"):
        checked_wanted("commits", chosen.shelf.registry, ["ask"])


def test_several_are_used_together_each_at_its_scale(chosen: Choosing) -> None:
    chosen.use("style:0.7, terse")
    assert chosen() == "style:0.7,terse:0.5"


def test_one_that_can_not_be_used_is_told_and_the_model_writes_as_it_is(chosen: Choosing) -> None:
    Path(chosen.shelf.registry.get("style").file).unlink()
    told = chosen(asked="style,terse")
    assert told.startswith(" ! Answered without the adapters style, terse: the adapter ")
    assert "is not there. Put it back" in told and told.endswith("remove style.") and "\n" not in told


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("nope", "Answered without the adapter nope: there is no adapter 'nope'. There are: commits, formal,"),
        ("style:x", "Answered without the adapter style:x: 'x' is no scale for style"),
        ("a b", "Answered without the adapter a b: 'a b' names no adapter"),
    ],
)
def test_a_name_that_is_none_is_told_too(asked: str, told: str, chosen: Choosing) -> None:
    assert chosen(asked=asked).startswith(f" ! {told}")


def test_without_a_model_of_llama_only_who_asks_is_told(chosen: Choosing) -> None:
    chosen.use("style")
    assert choose("ask", chosen.context(), model="").note == ""
    asked = choose("ask", chosen.context(), model="", asked="style")
    assert asked.note == "Answered without the adapter style: no model of llama.cpp writes here."
    assert choose("ask", chosen.context(), model="", asked="none").note == ""


def test_a_server_is_asked_for_adapters_by_its_own_names(chosen: Choosing) -> None:
    chosen.use("style")
    context = chosen.context()
    assert choose_of_server("ask", context) == Choice(), "that was chosen among ours"
    assert choose_of_server("ask", context, "org/tone:0.5") == Choice((AdapterUse("org/tone", "", 0.5),))
    chosen.settings = Settings(adapters=AdapterSettings(ask="served"))
    assert choose_of_server("ask", chosen.context()) == Choice((AdapterUse("served", ""),))
    assert "Answered without the adapter a:x: 'x' is no scale" in choose_of_server("ask", context, "a:x").note


def test_a_damaged_selection_is_told_and_set_aside_by_the_next_choice(chosen: Choosing) -> None:
    folder = chosen.shelf.registry.folder
    assert folder is not None
    (folder / "selection.json").write_bytes(b"{broken")
    assert "which says what adapter is in use, is damaged" in chosen()
    assert chosen(asked="style") == "style:1"
    chosen.use("terse")
    assert chosen() == "terse:0.5"
    assert (folder / "selection.damaged.json").read_bytes() == b"{broken"


def test_a_selection_of_a_newer_version_is_left_alone(chosen: Choosing) -> None:
    folder = chosen.shelf.registry.folder
    assert folder is not None
    (folder / "selection.json").write_text('{"format": 2}')
    with pytest.raises(AdapterError, match="newer version"):
        chosen.use("terse")
    assert (folder / "selection.json").read_text() == '{"format": 2}'


def test_one_that_is_removed_is_in_use_no_more(chosen: Choosing) -> None:
    folder = chosen.shelf.registry.folder
    chosen.use("style:0.7,terse")
    chosen.use("style", "ask", root=HERE)
    assert forget(folder, "style")
    assert (chosen(), chosen(root=ELSEWHERE)) == ("terse:0.5", "terse:0.5")
    assert not forget(folder, "style")


@pytest.mark.parametrize(
    ("text", "again"),
    [
        ("none", "none"),
        ("style", "style"),
        (" style : 0.5 ", "style:0.5"),
        ("a:0,b:1e1 , c", "a:0,b:10,c"),
    ],
)
def test_what_people_write_is_read_and_written_again(text: str, again: str) -> None:
    assert written(parsed(text)) == again


@pytest.mark.parametrize(
    "text", ["", ",", "a,", "none,a", "a:", "a:-1", "a:11", "a:nan", "a:1:2", "a,a", "a:1,a:2", "/a"]
)
def test_what_can_not_be_read_is_told(text: str) -> None:
    with pytest.raises(AdapterError):
        parsed(text)


def test_too_many_at_once_are_refused() -> None:
    with pytest.raises(AdapterError, match="9 adapters at once are too many; 8 are the limit"):
        parsed(",".join(f"a{number}" for number in range(9)))


def test_a_list_says_what_each_is_in_use_for(chosen: Choosing) -> None:
    chosen.use("style:0.7")
    chosen.use("terse", "explain")
    found = {row.name: row for row in rows(chosen.context(), Models(chosen.shelf.model))}
    assert found["style"].in_use == ("ask", "document", "commit", "complete")
    assert (found["style"].scale, found["terse"].scale, found["terse"].in_use) == (0.7, 0.5, ("explain",))
    assert found["formal"].in_use == () and found["formal"].fits
    without = rows(chosen.context(), Models())
    assert [row.fits for row in without] == [None] * 4


def test_a_list_tells_damaged_ones_and_those_that_do_not_fit(chosen: Choosing) -> None:
    folder = chosen.shelf.registry.folder
    assert folder is not None
    (folder / "adapters" / "terse.json").write_text("{")
    Path(chosen.shelf.registry.get("style").file).write_bytes(b"GGUF")
    found = {row.name: row for row in rows(chosen.context(), Models(chosen.shelf.model))}
    assert found["terse"].fits is found["style"].fits is False
    assert "is damaged" in str(found["terse"].problem) and "has changed" in str(found["style"].problem)
    assert found["formal"].problem is None


def test_one_for_completion_alone_is_compared_with_the_model_that_completes(chosen: Choosing, tmp_path: Path) -> None:
    from tests.server.models.llama.tiny_models import write_model

    chosen.shelf.add("fim", tasks=("complete",))
    wide = str(write_model(tmp_path / "wide.gguf", width=128))
    found = {row.name: row.fits for row in rows(chosen.context(), Models(wide, chosen.shelf.model))}
    assert (found["fim"], found["style"]) == (True, False)


def test_settings_of_tasks_are_those_that_there_are() -> None:
    from scholiast_server.adapters.manifest import TASKS

    assert tuple(field.name for field in msgspec.structs.fields(AdapterSettings)) == TASKS
