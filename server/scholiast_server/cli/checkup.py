"""The checks of `scholiast doctor`, each a function that gives one finding. Must not know how findings are shown."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

import msgspec

from scholiast_indexer import __version__
from scholiast_indexer.workspace.git import git_program
from scholiast_server.cli.probes import Grammars, Libraries, ProbeFailure, probe
from scholiast_server.cli.words import counted
from scholiast_server.errors import SettingsError

WATCHES_FILE = Path("/proc/sys/fs/inotify/max_user_watches")
REINSTALL = "python -m pip install --force-reinstall scholiast"
INSTALL_ENDPOINT = 'pip install "scholiast[endpoint]"'
PORTABLE_GRAPH = "HNSWLIB_NO_NATIVE=1 python -m pip install --force-reinstall --no-cache-dir hnswlib"


class Finding(msgspec.Struct, frozen=True):
    """What one check found."""

    name: str
    level: Literal["fine", "hint", "broken"]
    text: str
    advice: str = ""
    """What to do; empty when all is fine."""


def examine(root: Path) -> tuple[list[Finding], Grammars | None]:
    """All checks of this installation and of one workspace; the grammars as far as they could be loaded."""
    grammars = probe("grammars", Grammars)
    findings = [
        Finding("python", "fine", f"Python {platform.python_version()}, Scholiast {__version__}"),
        libraries(probe("libraries", Libraries)),
        grammar_sources(grammars),
        vector_graph(probe("graph", Libraries)),
        git(root),
        llama(),
        endpoint(root),
        settings(root),
        *adapters(root),
        index(root),
        *watching(root, WATCHES_FILE),
        language_server_log(),
    ]
    return findings, grammars if isinstance(grammars, Grammars) else None


def libraries(found: Libraries | ProbeFailure) -> Finding:
    if isinstance(found, ProbeFailure):
        return Finding("libraries", "broken", f"libraries: {found.reason}", REINSTALL)
    if found.problems:
        told = "; ".join(f"{package}: {problem}" for package, problem in found.problems.items())
        return Finding("libraries", "broken", f"libraries: {told}", REINSTALL)
    telling = ("tantivy", "numpy", "tree-sitter")
    return Finding("libraries", "fine", ", ".join(f"{package} {found.versions[package]}" for package in telling))


def grammar_sources(found: Grammars | ProbeFailure) -> Finding:
    if isinstance(found, ProbeFailure):
        return Finding("grammars", "broken", f"grammars can't be loaded: {found.reason}", REINSTALL)
    kinds = [grammar.kind for grammar in found.languages]
    wheels, bundled, without = kinds.count("wheel"), kinds.count("bundle"), kinds.count("none")
    text = f"{wheels + bundled} grammars: {wheels} wheels, {bundled} bundled"
    if not without:
        return Finding("grammars", "fine", text)
    lost = f"{text}; {counted(without, 'language')} cut by lines"
    if sys.version_info >= (3, 13):
        return Finding("grammars", "hint", lost, "the bundle of rarer grammars needs Python 3.12 or older")
    return Finding("grammars", "hint", lost, f"scholiast doctor --verbose names them; {REINSTALL}")


def vector_graph(found: Libraries | ProbeFailure) -> Finding:
    if isinstance(found, ProbeFailure):
        return Finding("hnswlib", "broken", f"hnswlib does not work here: {found.reason}", PORTABLE_GRAPH)
    return Finding("hnswlib", "fine", f"hnswlib {found.versions['hnswlib']}")


def git(root: Path) -> Finding:
    program = git_program(root)
    if program is None:
        return Finding(
            "git", "hint", "git is not installed: folders are walked instead", "install git: listing files is faster so"
        )
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=False, timeout=20).stdout
    return Finding("git", "fine", said.strip() or "git")


def llama() -> Finding:
    if find_spec("llama_cpp") is not None:
        return Finding("llama", "fine", "llama.cpp: installed")
    return Finding(
        "llama", "hint", "llama.cpp: the extra is not installed; answers come from the code alone",
        'pip install "scholiast[llama]"   (compiles for some minutes)',
    )  # fmt: skip


def endpoint(root: Path, environment: Mapping[str, str] | None = None) -> Finding:
    """What is sent where, without contacting anybody."""
    from scholiast_server.engines import embedder_kind, engine_kind
    from scholiast_server.errors import ModelError
    from scholiast_server.models.endpoint.address import host_of, leaves_this_machine
    from scholiast_server.models.endpoint.key import origin_of
    from scholiast_server.settings import load_settings

    try:
        loaded = load_settings(root, environment)
        chosen = loaded.endpoint
        host = host_of(chosen.url) if chosen.url else ""
    except SettingsError:  # told by the check of settings
        return Finding("endpoint", "fine", "endpoint: not known")
    except ModelError as error:
        told, _, advice = str(error).partition("\n  ")
        return Finding("endpoint", "broken", f"endpoint: {told}", advice)
    if not host and "endpoint" in (engine_kind(loaded), embedder_kind(loaded)):
        return Finding(
            "endpoint", "broken", "endpoint: a model of a server is set, but no server",
            "set endpoint.url, such as http://127.0.0.1:8080/v1",
        )  # fmt: skip
    if not host:
        return Finding("endpoint", "fine", "endpoint: none, nothing leaves this machine")
    answers = f"answers by {chosen.model or 'its first model'}" if engine_kind(loaded) == "endpoint" else ""
    embeds = f"vectors by {chosen.embedding_model}" if embedder_kind(loaded) == "endpoint" else ""
    used = " and ".join(filter(None, [answers, embeds])) or "not used"
    text = f"endpoint: {host}, {used}{', offline' if chosen.offline else ''}"
    if find_spec("openai") is None:
        return Finding("endpoint", "broken", f"{text}; what talks to it is not installed", INSTALL_ENDPOINT)
    environment = os.environ if environment is None else environment
    if not environment.get(chosen.key_variable) and not chosen.key_command:
        return Finding("endpoint", "fine", f"{text}, without a key")
    text += f", with a key from {origin_of(chosen.key_variable, chosen.key_command)}"
    if leaves_this_machine(chosen.url) and chosen.url.lower().startswith("http:"):
        return Finding("endpoint", "hint", f"{text}, unencrypted", "set endpoint.url to an address with https:")
    return Finding("endpoint", "fine", text)


def adapters(root: Path) -> list[Finding]:
    """Whether those that are registered can be used; nothing where there are none."""
    from scholiast_server.compose import adapter_rows
    from scholiast_server.errors import ServerError
    from scholiast_server.settings import load_settings

    try:
        rows = adapter_rows(load_settings(root), root)
    except SettingsError:  # told above
        return []
    except ServerError as error:
        return [Finding("adapters", "broken", str(error).split("\n", 1)[0], "scholiast adapters list")]
    unusable = [row.name for row in rows if row.problem]
    if unusable:
        text = f"{len(unusable)} of {counted(len(rows), 'adapter')} can't be used: {', '.join(unusable)}"
        return [Finding("adapters", "hint", text, "scholiast adapters check")]
    return [Finding("adapters", "fine", counted(len(rows), "adapter"))] if rows else []


def settings(root: Path, environment: Mapping[str, str] | None = None) -> Finding:
    from scholiast_server.settings import WORKSPACE_FILE, load_settings, user_file

    environment = os.environ if environment is None else environment
    try:
        load_settings(root, environment)
    except SettingsError as error:
        return Finding(
            "settings", "broken", f"settings: {error}", "correct them; they are described in docs/settings.md"
        )
    files = [file for file in (user_file(environment), root / WORKSPACE_FILE) if file is not None and file.is_file()]
    return Finding("settings", "fine", f"settings: {', '.join(map(str, files)) or 'no file, all defaults'}")


def index(root: Path) -> Finding:
    from scholiast_indexer.index import examine_index
    from scholiast_indexer.location import ENVIRONMENT_VARIABLE, FOLDER, existing_index_directory

    directory = existing_index_directory(root)
    if directory is None:
        return Finding("index", "hint", "index: none yet for this workspace", "scholiast index")
    health = examine_index(directory)
    if health.problem is not None:
        return Finding("index", "broken", f"index: {health.problem}", "scholiast reset --yes && scholiast index")
    at_home = directory == root / FOLDER
    is_set = bool(os.environ.get(ENVIRONMENT_VARIABLE))
    unfit = f"the workspace is read-only, or its {FOLDER} holds a link or came with the repository"
    why = f"set by {ENVIRONMENT_VARIABLE}" if is_set else unfit
    place = "" if at_home else f", in {directory} ({why})"
    feature = health.features.partition(":")[0] or "none"
    text = (
        f"index: format {health.format_version}, feature {feature}, generation {health.generation}, checks out{place}"
    )
    return Finding("index", "fine", text)


def watching(root: Path, watches_file: Path) -> list[Finding]:
    """Whether there are enough watches for the folders of the workspace; only Linux counts them."""
    try:
        limit = int(watches_file.read_text())
    except (OSError, ValueError):
        return []
    from scholiast_indexer.workspace.scan import scan

    folders = {folder for file in scan(root).files for folder in _folders_above(file.path)}
    count = len(folders) + 1
    if count < limit:
        return [Finding("watching", "fine", f"watching: {counted(count, 'folder')}, limit {limit:,}")]
    needed = max(2 * count, 524_288)
    return [
        Finding(
            "watching", "hint", f"watching: {count:,} folders, limit {limit:,}; the rest is looked at now and then",
            f"sudo sysctl fs.inotify.max_user_watches={needed}",
        )
    ]  # fmt: skip


def language_server_log(environment: Mapping[str, str] | None = None) -> Finding:
    """Where `serve` writes what happened, which is the first thing to read when an editor shows nothing."""
    from scholiast_server.logs import log_file

    path = log_file(environment)
    if path is None:
        return Finding(
            "log", "hint", "log of the language server: standard error", "set HOME for a file, or serve --log"
        )
    if path.is_file():
        return Finding("log", "fine", f"log of the language server: {path}, {path.stat().st_size:,} bytes")
    return Finding("log", "fine", f"log of the language server: {path}, none yet")


def _folders_above(path: str) -> list[str]:
    parts = path.split("/")[:-1]
    return ["/".join(parts[: depth + 1]) for depth in range(len(parts))]
