"""The models that are set, with what is known of their files without reading them whole. Must not know rendering."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Literal, NamedTuple

import msgspec

from scholiast_server.errors import ModelError
from scholiast_server.modelfiles.facts import Facts, facts_of
from scholiast_server.modelfiles.recommending import ROLES, SETTINGS, Role
from scholiast_server.modelfiles.records import Records, is_untouched
from scholiast_server.models.llama.model_check import read_sound
from scholiast_server.settings import Settings

Content = Literal["as recorded", "changed", "not recorded"]


class Set(NamedTuple):
    """A model's file that a setting names."""

    role: Role
    setting: str
    path: str


class Listed(msgspec.Struct, frozen=True):
    """One file of a model."""

    role: Role | None
    """What it is set for; None for one that was downloaded and is not set."""
    setting: str
    path: str
    problem: str
    """What is wrong with it; empty when nothing is."""
    facts: Facts | None
    size_bytes: int
    content: Content
    """How it stands to its record, as far as the system tells without reading it."""
    sha256: str
    """As recorded; empty where it is not."""
    source: str
    """The repository and the file of the hub it was downloaded from; empty for others."""


def files_set(settings: Settings) -> Iterator[Set]:
    """The files that settings name."""
    for role in ROLES:
        section, _, name = SETTINGS[role].partition(".")
        path = getattr(getattr(settings, section), name)
        if path:
            yield Set(role, SETTINGS[role], os.path.abspath(path))  # noqa: PTH100  a link stays one


def listed(settings: Settings, records: Records) -> list[Listed]:
    """The models that are set, then those that were downloaded and are not."""
    named = list(files_set(settings))
    found = [_listed(each.path, records, each.role, each.setting) for each in named]
    known = {os.path.realpath(each.path) for each in named}
    others = [path for path, record in records.all().items() if record.repo and path not in known]
    return [*found, *(_listed(path, records, None, "") for path in sorted(others) if Path(path).is_file())]


def _listed(path: str, records: Records, role: Role | None, setting: str) -> Listed:
    record = records.of(path)
    facts, problem, size = None, "", 0
    try:
        header = read_sound(path)
        facts, size = facts_of(header, path), header.file_bytes
        if role == "writing" and not facts.has_chat_template:
            problem = "it has no chat template, so it can't be asked: set a model that was made for chats."
    except ModelError as error:
        problem = " ".join(str(error).split())
    content: Content = "not recorded"
    if record is not None:
        content = "as recorded" if is_untouched(path, record) else "changed"
    source = f"{record.repo} {record.file}" if record is not None and record.repo else ""
    return Listed(role, setting, path, problem, facts, size, content, record.sha256 if record else "", source)
