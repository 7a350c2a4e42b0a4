"""`scholiast models`: what is set, whether it is sound, what suits a machine, and downloads from a hub."""

from __future__ import annotations

import hashlib
import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("gguf", reason="writes model files: pip install gguf")
pytest.importorskip("huggingface_hub", reason='downloads: pip install "scholiast[hub]"')

from tests.server.cli.conftest import Done, Scholiast
from tests.server.modelfiles.standin_hub import COMMIT, Served, StandInHub
from tests.server.models.llama.tiny_embedders import write_embedder
from tests.server.models.llama.tiny_models import write_model

from scholiast_indexer import __version__
from scholiast_server.modelfiles.hub import CHUNK_BYTES

REPO, FILE = "somebody/Tiny-Coder-GGUF", "tiny-coder.gguf"


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = write_model(tmp_path_factory.mktemp("models") / FILE, name="Tiny Coder", width=128, layers=4)
    return path.read_bytes()


@pytest.fixture
def hub() -> Iterator[StandInHub]:
    with StandInHub() as hub:
        yield hub


@pytest.fixture
def user(kiln: Scholiast, hub: StandInHub, tmp_path: Path) -> Scholiast:
    """Somebody with a home of their own, for whom the stand-in is the hub."""
    return Scholiast(kiln.folder, {**kiln.environment, "HOME": str(tmp_path / "home"), "HF_ENDPOINT": hub.url})


def folder_of(user: Scholiast) -> Path:
    return Path(user.environment["HOME"]) / ".local/share/scholiast/models"


def download(user: Scholiast, *more: str) -> Done:
    return user("models", "download", REPO, FILE, *more)


# -- downloads --------------------------------------------------------------------------------------------------------


def test_a_file_is_downloaded_held_against_its_checksum_and_recorded(
    user: Scholiast, hub: StandInHub, model: bytes
) -> None:
    hub.files[f"{REPO}/{FILE}"] = Served(model)
    done = download(user)
    path = folder_of(user) / REPO / FILE
    digest = hashlib.sha256(model).hexdigest()
    assert done.code == 0, done.err
    assert path.read_bytes() == model and [entry.name for entry in path.parent.iterdir()] == [FILE]
    assert f"Downloaded {FILE}" in done.out and digest in done.out
    assert f"[model] path = '{path}'" in done.out, "it has a chat template, so it can answer"
    again = user("models", "download", REPO, FILE, "--json").document
    assert again["files"] == [
        {"path": str(path), "sha256": digest, "revision": COMMIT, "size_bytes": len(model), "new_bytes": 0}
    ]
    assert again["facts"]["name"] == "Tiny Coder" and len(hub.gets()) == 1
    [listed] = user("models", "list", "--json").document["models"]
    assert (listed["role"], listed["content"], listed["source"]) == (None, "as recorded", f"{REPO} {FILE}")
    agents = {asked.headers["user-agent"].split(";")[0] for asked in hub.asked}
    assert agents == {f"scholiast/{__version__}"} and not any(
        "torch" in asked.headers["user-agent"] for asked in hub.asked
    )


def test_what_was_interrupted_goes_on_where_it_stopped(user: Scholiast, hub: StandInHub, model: bytes) -> None:
    served = hub.files[f"{REPO}/{FILE}"] = Served(model, stalls_at=5 * CHUNK_BYTES // 2)
    running = user.start("models", "download", REPO, FILE)
    kept = 2 * CHUNK_BYTES
    deadline_s = time.monotonic() + 60
    while sum(part.stat().st_size for part in folder_of(user).rglob("*.part")) < kept:
        assert time.monotonic() < deadline_s
        threading.Event().wait(0.01)
    running.send_signal(signal.SIGINT)
    out, err = running.communicate(timeout=60)
    assert (running.returncode, out) == (130, "") and "what was read stays" in err
    [part] = (folder_of(user) / REPO).glob("*.part")
    assert part.stat().st_size == kept
    served.stalls_at = None
    done = user("models", "download", REPO, FILE, "--json").document
    assert hub.gets()[-1].headers["range"] == f"bytes={kept}-"
    assert done["files"][0]["new_bytes"] == len(model) - kept
    assert Path(done["files"][0]["path"]).read_bytes() == model


def test_a_connection_that_breaks_is_taken_up_again(user: Scholiast, hub: StandInHub, model: bytes) -> None:
    hub.files[f"{REPO}/{FILE}"] = Served(model, cuts=[5 * CHUNK_BYTES // 2])
    done = download(user)
    assert done.code == 0 and (folder_of(user) / REPO / FILE).read_bytes() == model, done.err
    assert done.err == "", "what went well in the end is not complained of"
    assert [asked.headers.get("range") for asked in hub.gets()] == [None, f"bytes={2 * CHUNK_BYTES}-"]


def test_a_hub_that_does_not_go_on_begins_anew(user: Scholiast, hub: StandInHub, model: bytes) -> None:
    hub.files[f"{REPO}/{FILE}"] = Served(model, cuts=[5 * CHUNK_BYTES // 2], ignores_ranges=True)
    assert download(user).code == 0
    assert (folder_of(user) / REPO / FILE).read_bytes() == model


def test_a_part_of_another_content_is_not_gone_on_with(user: Scholiast, hub: StandInHub, model: bytes) -> None:
    folder = folder_of(user) / REPO
    folder.mkdir(parents=True)
    (folder / f"{FILE}.0123456789ab.part").write_bytes(b"of before")
    hub.files[f"{REPO}/{FILE}"] = Served(model)
    assert download(user).code == 0
    assert [entry.name for entry in folder.iterdir()] == [FILE] and "range" not in hub.gets()[0].headers


@pytest.mark.parametrize("wrong", ["the hub's", "the user's"])
def test_a_content_that_is_not_the_one_announced_is_not_kept(
    user: Scholiast, hub: StandInHub, model: bytes, wrong: str
) -> None:
    other = hashlib.sha256(b"another").hexdigest()
    hub.files[f"{REPO}/{FILE}"] = Served(model, sha256=other if wrong == "the hub's" else "")
    done = download(user) if wrong == "the hub's" else download(user, "--sha256", other)
    assert (done.code, done.out) == (2, "")
    assert other in done.err and hashlib.sha256(model).hexdigest() in done.err
    assert not any(folder_of(user).rglob("*.gguf*"))


def test_the_token_stays_with_the_hub(user: Scholiast, model: bytes) -> None:
    with StandInHub() as storage, StandInHub(elsewhere=storage) as hub:
        hub.files[f"{REPO}/{FILE}"] = storage.files[f"{REPO}/{FILE}"] = Served(model)
        done = user("models", "download", REPO, FILE, extra={"HF_ENDPOINT": hub.url, "HF_TOKEN": "hf_secret"})
        assert done.code == 0, done.err
        assert all(asked.headers["authorization"] == "Bearer hf_secret" for asked in hub.asked)
        assert storage.asked and not any("authorization" in asked.headers for asked in storage.asked)
    assert "hf_secret" not in done.out + done.err


def test_a_model_in_several_files_is_downloaded_whole(user: Scholiast, hub: StandInHub, model: bytes) -> None:
    names = [f"big-0000{number}-of-00003.gguf" for number in (1, 2, 3)]
    for name in names:
        hub.files[f"{REPO}/{name}"] = Served(model)
    done = user("models", "download", REPO, names[0], "--json")
    assert [Path(each["path"]).name for each in done.document["files"]] == names


def test_what_is_no_sound_model_is_told(user: Scholiast, hub: StandInHub, model: bytes) -> None:
    hub.files[f"{REPO}/{FILE}"] = Served(model[:-1_000])
    done = download(user)
    assert done.code == 1 and "is cut off or damaged" in done.out


ERRORS = {
    (404, "EntryNotFound"): f"{REPO} has no file {FILE}.",
    (404, "RevisionNotFound"): f"{REPO} has no revision main.",
    (401, "RepoNotFound"): f"there is no repository {REPO}, or it is not open to everybody (status 401).",
    (403, "GatedRepo"): f"{REPO} wants you to accept its terms, and to know who you are (status 403).",
    (500, ""): "the hub failed with status 500.",
}


@pytest.mark.parametrize(("error", "told"), ERRORS.items(), ids=[code or "500" for _, code in ERRORS])
def test_what_the_hub_does_not_give_is_told_in_words(
    user: Scholiast, hub: StandInHub, error: tuple[int, str], told: str
) -> None:
    hub.files[f"{REPO}/{FILE}"] = Served(b"", error=error)
    done = download(user)
    assert (done.code, done.out) == (2, "") and done.err.startswith(f"scholiast: {told}"), done.err
    assert len(done.err.strip().splitlines()) == 2


def test_a_hub_that_is_away_is_told(user: Scholiast) -> None:
    done = user("models", "download", REPO, FILE, extra={"HF_ENDPOINT": "http://127.0.0.1:9"})
    assert done.code == 2 and "the hub can't be reached, or broke off: " in done.err


def test_offline_nothing_is_attempted(user: Scholiast, hub: StandInHub) -> None:
    for done in (
        download(user, "--offline"),
        user("models", "download", REPO, FILE, extra={"SCHOLIAST_ENDPOINT_OFFLINE": "true"}),
    ):
        assert done.code == 2 and "nothing is downloaded: endpoint.offline is set." in done.err
    done = user("models", "download", REPO, FILE, extra={"HF_HUB_OFFLINE": "1"})
    assert done.code == 2 and "HF_HUB_OFFLINE is set" in done.err
    assert not hub.asked


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("../etc", FILE), "names no repository"),
        (("one/two/three", FILE), "names no repository"),
        ((REPO, "../../out.gguf"), "names no file"),
        ((REPO, "/etc/out.gguf"), "names no file"),
        ((REPO, "a/.hidden.gguf"), "names no file"),
        ((REPO, "README.md"), "is no GGUF file"),
        ((REPO, FILE, "--revision", "../main"), "is no revision"),
        ((REPO, FILE, "--sha256", "abc"), "is no SHA-256"),
    ],
)
def test_names_lead_nowhere_else(user: Scholiast, hub: StandInHub, arguments: tuple[str, ...], told: str) -> None:
    done = user("models", "download", *arguments)
    assert done.code == 2 and told in done.err and not hub.asked


# -- list and check ---------------------------------------------------------------------------------------------------


@pytest.fixture
def set_up(user: Scholiast, model: bytes, tmp_path: Path) -> Scholiast:
    """Somebody who has set a model for everything."""
    (tmp_path / "own").mkdir()
    path, embedder = tmp_path / "own" / FILE, write_embedder(tmp_path / "own" / "embedder.gguf")
    path.write_bytes(model)
    more = {"MODEL_PATH": path, "MODEL_FIM_PATH": path, "EMBEDDING_PATH": embedder}
    return Scholiast(user.folder, {**user.environment, **{f"SCHOLIAST_{name}": str(to) for name, to in more.items()}})


def test_without_a_model_the_list_says_how_to_get_one(user: Scholiast) -> None:
    done = user("models", "list")
    assert (done.code, done.err) == (0, "")
    assert done.out == "No model is set: answers come from the code alone.   scholiast models recommend\n"
    document = user("models", "list", "--json").document
    assert document == {"models": [], "endpoint": None, "folder": str(folder_of(user))}
    assert user("models", "check").code == 1 and not folder_of(user).exists()


def test_the_list_says_what_is_set_and_what_is_in_it(set_up: Scholiast, hub: StandInHub) -> None:
    server = {
        "SCHOLIAST_ENDPOINT_URL": hub.url,
        "SCHOLIAST_ENDPOINT_MODEL": "big",
        "SCHOLIAST_ANSWER_ENGINE": "endpoint",
    }
    done = set_up("models", "list", "--json", extra=server)
    document = done.document
    assert [(each["role"], each["setting"]) for each in document["models"]] == [
        ("writing", "model.path"), ("completing", "model.fim_path"), ("embedding", "embedding.path"),
    ]  # fmt: skip
    writing, _, embedding = document["models"]
    assert writing["facts"] == {
        "name": "Tiny Coder", "architecture": "llama", "quantization": "F32", "parameters": 690_176,
        "context_tokens": 512, "has_chat_template": True, "makes_vectors": False,
    }  # fmt: skip
    assert writing["size_bytes"] == os.stat(writing["path"]).st_size and writing["content"] == "not recorded"  # noqa: PTH116
    assert embedding["facts"]["makes_vectors"] and not embedding["problem"]
    assert document["endpoint"] == {
        "host": hub.url.removeprefix("http://"), "model": "big", "embedding_model": None, "offline": False,
    }  # fmt: skip
    shown = set_up("models", "list", extra=server).out
    assert "writing     ✓ Tiny Coder   llama · F32 · 690 k weights · 512 tokens · " in shown
    assert f"endpoint      {hub.url.removeprefix('http://')}: answers by big" in shown
    assert not hub.asked


def test_a_check_records_what_it_finds_and_notices_what_changes(set_up: Scholiast, tmp_path: Path) -> None:
    first = set_up("models", "check", "--json")
    assert first.code == 0 and [each["content"] for each in first.document["files"]] == ["recorded now"] * 2
    second = set_up("models", "check")
    assert second.code == 0 and second.out.count("as recorded") == 2 and second.out.count("✓") == 2
    path = Path(set_up.environment["SCHOLIAST_MODEL_PATH"])
    data = bytearray(path.read_bytes())
    data[-3] ^= 1
    path.write_bytes(data)
    listed = set_up("models", "list", "--json").document["models"]
    assert [each["content"] for each in listed] == ["changed", "changed", "as recorded"]
    third = set_up("models", "check", "--json")
    assert third.code == 1 and not third.document["ok"]
    changed = third.document["files"][0]
    assert changed["content"] == "changed" and f"scholiast models check --accept {path}" in changed["problem"]
    assert set_up("models", "check", str(path)).code == 1, "and not forgotten"
    assert set_up("models", "check", "--accept", str(path)).code == 0
    assert set_up("models", "check").code == 0


@pytest.mark.parametrize("problem", ["missing", "empty", "text", "cut", "folder"])
def test_what_is_wrong_with_a_file_is_told_and_the_others_are_checked(
    set_up: Scholiast, tmp_path: Path, problem: str
) -> None:
    path = Path(set_up.environment["SCHOLIAST_MODEL_PATH"])
    broken = tmp_path / "broken.gguf"
    if problem == "folder":
        broken.mkdir()
    elif problem != "missing":
        broken.write_bytes({"empty": b"", "text": b"hello", "cut": path.read_bytes()[:-5_000]}[problem])
    told = {
        "missing": "is not there", "empty": "is empty", "text": "is no GGUF file", "cut": "is cut off or damaged",
        "folder": "is a folder",
    }[problem]  # fmt: skip
    done = set_up("models", "check", "--json", extra={"SCHOLIAST_MODEL_PATH": str(broken)})
    assert done.code == 1 and told in done.document["files"][0]["problem"]
    assert [bool(each["problem"]) for each in done.document["files"]] == [True, False, False]
    listed = set_up("models", "list", extra={"SCHOLIAST_MODEL_PATH": str(broken)})
    assert listed.code == 0 and told in listed.out


def test_a_file_that_is_named_and_not_there_is_wrong_usage(user: Scholiast) -> None:
    done = user("models", "check", "nowhere.gguf")
    assert done.code == 2 and "nowhere.gguf does not exist." in done.err


# -- recommended ------------------------------------------------------------------------------------------------------


def test_models_are_recommended_by_memory_without_contacting_anybody(user: Scholiast, hub: StandInHub) -> None:
    done = user("models", "recommend", "--memory", "16")
    assert done.code == 0 and "→ 16 GB  writes answers   qwen2.5-coder-7b-instruct-q4_k_m" in done.out
    assert "scholiast models download Qwen/Qwen2.5-Coder-7B-Instruct-GGUF qwen2.5-coder-7b" in done.out
    assert max(map(len, done.out.splitlines())) <= 120
    document = user("models", "recommend", "--json").document
    assert document["memory_bytes"] > 10**9 and document["chosen_gb"] in {4, 8, 16, 32}
    assert not hub.asked
