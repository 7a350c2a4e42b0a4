"""Files that are damaged, of the wrong kind or made to do harm: each is told, and the next question is answered."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import tests.server.models.llama.needed  # noqa: F401  (skips)
from tests.server.models.llama.hostile_files import (
    ADAPTERS,
    ENDLESS,
    HARMLESS_ADAPTERS,
    ODD_MODELS,
    REFUSED,
    TEMPLATES,
    UNLOADABLE,
    Hostile,
)
from tests.server.models.llama.tiny_models import write_model

from scholiast_server.errors import AdapterError, ModelError
from scholiast_server.models.llama.client import LlamaProcess
from scholiast_server.models.llama.model_check import read_sound
from scholiast_server.models.llama.process import WorkerDiedError
from scholiast_server.models.llama.wire import Adapter, Done, Load, Message

LINES_MAX = 3
LINE_CHARACTERS_MAX = 400
TEMPLATE_S = 0.5
"""That a template without end is given here."""


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LlamaProcess]:
    """A good model, in one process for all of these tests."""
    process = LlamaProcess(Load(0, str(write_model(tmp_path_factory.mktemp("good") / "hostile.gguf")), threads=1))
    yield process
    process.close()


def written(process: LlamaProcess, *adapters: Path) -> str:
    stream = process.generate([Message("user", "Where?")], 8, adapters=[Adapter(str(path)) for path in adapters])
    *pieces, done = list(stream)
    assert isinstance(done, Done)
    return "".join(str(piece) for piece in pieces)


def made(hostile: Hostile, folder: Path) -> Path:
    path = folder / f"{hostile.name}.gguf"
    hostile.make(path)
    return path


def named(hostile: Hostile) -> str:
    return hostile.name


def check_told(message: str, pattern: str) -> None:
    """It says what it should, in a few lines that any terminal can show."""
    assert re.search(pattern, message), message
    lines = message.splitlines()
    assert len(lines) <= LINES_MAX and max(map(len, lines)) <= LINE_CHARACTERS_MAX
    assert all(line.isprintable() for line in lines)
    assert "Traceback" not in message


def test_there_are_enough_of_them() -> None:
    assert len({hostile.make for hostile in (*REFUSED, *UNLOADABLE, *ADAPTERS, *TEMPLATES, *ENDLESS)}) > 80


@pytest.mark.parametrize("hostile", REFUSED, ids=named)
def test_a_model_that_is_none_is_refused_without_a_try(hostile: Hostile, tmp_path: Path) -> None:
    with pytest.raises(ModelError) as told:
        read_sound(str(made(hostile, tmp_path)))
    check_told(str(told.value), hostile.told)


@pytest.mark.parametrize("hostile", (*REFUSED[:2], *UNLOADABLE), ids=named)
def test_a_model_that_is_none_is_told_and_the_next_one_is_loaded(
    hostile: Hostile, tmp_path: Path, sound: LlamaProcess
) -> None:
    process = LlamaProcess(Load(0, str(made(hostile, tmp_path)), threads=1))
    with pytest.raises(ModelError) as told:
        written(process)
    check_told(str(told.value), hostile.told)
    assert not process.is_running
    process.close()
    assert written(sound)


@pytest.mark.parametrize("hostile", ODD_MODELS, ids=named)
def test_an_odd_model_answers_or_says_why_not(hostile: Hostile, tmp_path: Path) -> None:
    process = LlamaProcess(Load(0, str(made(hostile, tmp_path)), threads=1))
    try:
        assert len(written(process)) < 100
        assert process.stats().resident_bytes < 500_000_000
    except ModelError as error:
        check_told(str(error), "")
    process.close()


@pytest.mark.parametrize("hostile", ADAPTERS, ids=named)
def test_an_adapter_that_is_none_is_told_and_the_model_answers_on(
    hostile: Hostile, tmp_path: Path, sound: LlamaProcess
) -> None:
    base, pid = written(sound), sound.pid
    with pytest.raises(AdapterError) as told:
        written(sound, made(hostile, tmp_path))
    check_told(str(told.value), hostile.told)
    assert (written(sound), sound.pid) == (base, pid), "it goes on in the same process, as it was"


@pytest.mark.parametrize("hostile", HARMLESS_ADAPTERS, ids=named)
def test_an_odd_adapter_leaves_nothing_behind(hostile: Hostile, tmp_path: Path, sound: LlamaProcess) -> None:
    base, pid = written(sound), sound.pid
    assert len(written(sound, made(hostile, tmp_path))) < 100
    assert (written(sound), sound.pid) == (base, pid)


@pytest.mark.parametrize("hostile", TEMPLATES, ids=named)
def test_a_hostile_chat_template_is_told_and_the_next_model_answers(
    hostile: Hostile, tmp_path: Path, sound: LlamaProcess
) -> None:
    process = LlamaProcess(Load(0, str(made(hostile, tmp_path)), threads=1))
    with pytest.raises(ModelError) as told:
        written(process)
    check_told(str(told.value), hostile.told)
    assert process.is_running and process.stats().resident_bytes < 500_000_000, "only the answer is refused"
    process.close()
    assert written(sound)


@pytest.mark.parametrize("hostile", ENDLESS, ids=named)
def test_a_chat_template_without_end_is_ended(hostile: Hostile, tmp_path: Path) -> None:
    process = LlamaProcess(Load(0, str(made(hostile, tmp_path)), threads=1, template_s_max=TEMPLATE_S))
    with pytest.raises(WorkerDiedError, match="its chat template did not come to an end"):
        written(process)
    process.close()


def test_a_context_without_memory_is_refused_and_told(tmp_path: Path) -> None:
    path = write_model(tmp_path / "wide.gguf")
    process = LlamaProcess(Load(0, str(path), context_tokens=2_000_000_000, threads=1))
    with pytest.raises(ModelError, match=r"no memory for the model wide\.gguf: it takes .* a context of 2,000,000,000"):
        process.facts()
    process.close()
