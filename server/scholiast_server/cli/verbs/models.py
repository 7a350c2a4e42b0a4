"""`scholiast models`: what is set, whether it is whole, where to get more. Must not know how that is found out."""

from __future__ import annotations

import os
import time
from argparse import Namespace
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from scholiast_server.cli.console import Console
from scholiast_server.cli.models import checked_line, facts_text, listed_lines, recommended_lines, to_use_it
from scholiast_server.cli.session import Session, start
from scholiast_server.cli.transfer import shown_transfer
from scholiast_server.cli.words import duration, size
from scholiast_server.errors import ModelError, UsageError

if TYPE_CHECKING:
    from scholiast_server.modelfiles.checking import Checked
    from scholiast_server.modelfiles.downloading import Downloaded
    from scholiast_server.modelfiles.recommending import Role
    from scholiast_server.modelfiles.records import Records

FOLDER = "models"


def list_all(options: Namespace, _console: Console) -> int:
    """0, whether there are any or not."""
    from scholiast_server.modelfiles.listing import listed
    from scholiast_server.modelfiles.records import users_records

    session = start(options)
    models = listed(session.settings, users_records())
    endpoint = _endpoint(session)
    if options.json:
        folder = _folder(None, needed=False)
        session.console.document(
            {"models": msgspec.to_builtins(models), "endpoint": endpoint, "folder": str(folder) if folder else None}
        )
        return 0
    for line in listed_lines(models, session.console.out):
        session.console.line(line)
    if endpoint is not None:
        used = [text for key, text in _ENDPOINT_DOES.items() if endpoint[key]]
        told = "; ".join(text.format(endpoint[key] or "") for key, text in _ENDPOINT_DOES.items() if endpoint[key])
        session.console.line(f"{'endpoint':<12}  {endpoint['host']}: {told if used else 'not used'}")
    if not any(model.role for model in models) and endpoint is None:
        session.console.line("No model is set: answers come from the code alone.   scholiast models recommend")
    return 0


def check(options: Namespace, _console: Console) -> int:
    """0 when all are sound and as recorded, 1 when one is not, or there is none."""
    from scholiast_server.modelfiles.records import users_records

    session, records = start(options), users_records()
    found = [_checked(session, path, records, accept=options.accept) for path in _to_check(options, session)]
    is_fine = bool(found) and not any(each.problem for each in found)
    if options.json:
        session.console.document({"ok": is_fine, "files": msgspec.to_builtins(found)})
    elif not found:
        session.console.note("no model is set. Name a file: scholiast models check FILE")
    for each in () if options.json else found:
        session.console.line(checked_line(each, session.console.out))
    return 0 if is_fine else 1


def download(options: Namespace, _console: Console) -> int:
    """0 when it is there, whole, and can be used; 1 when it can't be used."""
    from scholiast_server.modelfiles.downloading import Wanted, pieces
    from scholiast_server.modelfiles.recommending import role_of
    from scholiast_server.modelfiles.records import users_records

    session, records = start(options), users_records()
    if session.settings.endpoint.offline:
        raise ModelError("nothing is downloaded: endpoint.offline is set.\n  Unset it, or leave --offline out.")
    wanted = pieces(Wanted(options.repo, options.file, options.revision))
    if options.sha256 and len(wanted) > 1:
        raise UsageError("--sha256 is of one file, and this model is cut into several.\n  Leave it out.")
    folder = _folder(options.to, needed=True)
    assert folder is not None, "it is needed"
    began_s = time.monotonic()
    done = [_downloaded(session, each, folder, records, options.sha256 or "") for each in wanted]
    checked = _checked(session, str(done[0].path), records, quiet=True)
    if options.json:
        session.console.document(_download_document(wanted[0].repo, done, checked))
    else:
        role = role_of(wanted[0].repo, wanted[0].file) or _likely_role(checked)
        for line in _download_lines(session, done, checked, role, time.monotonic() - began_s):
            session.console.line(line)
    return 1 if checked.problem else 0


def recommend(options: Namespace, _console: Console) -> int:
    """0."""
    from scholiast_server.modelfiles.recommending import recommendations, suiting
    from scholiast_server.models.llama.memory import memory

    session = start(options)
    found = memory()
    memory_bytes = found.total if options.memory is None and found else None
    if options.memory is not None:
        memory_bytes = options.memory * 10**9
    table = recommendations()
    chosen = suiting(table.rows, memory_bytes)
    if options.json:
        document = msgspec.to_builtins(table)
        session.console.document({**document, "memory_bytes": memory_bytes, "chosen_gb": chosen.memory_gb})
        return 0
    for line in recommended_lines(table, chosen, memory_bytes, session.console.out):
        session.console.line(line)
    missing = [extra for module, extra in _EXTRAS.items() if find_spec(module) is None]
    if missing:
        session.console.line(f'First: pip install "scholiast[{",".join(missing)}]"')
    return 0


# -- what they share --------------------------------------------------------------------------------------------------

_EXTRAS = {"llama_cpp": "llama", "huggingface_hub": "hub"}
_ENDPOINT_DOES = {"model": "answers by {}", "embedding_model": "vectors by {}"}


def _endpoint(session: Session) -> dict[str, Any] | None:
    """The server that is set, which is not contacted."""
    from scholiast_server.engines import embedder_kind, engine_kind, host_name

    chosen = session.settings.endpoint
    if not chosen.url:
        return None
    writes, embeds = engine_kind(session.settings) == "endpoint", embedder_kind(session.settings) == "endpoint"
    return {
        "host": host_name(session.settings),
        "model": (chosen.model or "its first model") if writes else None,
        "embedding_model": chosen.embedding_model if embeds else None,
        "offline": chosen.offline,
    }


def _to_check(options: Namespace, session: Session) -> Iterator[str]:
    from scholiast_server.modelfiles.listing import files_set

    if not options.files:
        yield from dict.fromkeys(each.path for each in files_set(session.settings))
    for named in options.files:
        path = Path(os.path.abspath(named))  # noqa: PTH100  a link stays one
        if not path.exists():
            raise UsageError(f"{named} does not exist.\n  Name a GGUF file, or none for those that are set.")
        yield os.fspath(path)


def _checked(session: Session, path: str, records: Records, *, quiet: bool = False, accept: bool = False) -> Checked:
    from scholiast_server.modelfiles.checking import check_file

    if quiet:
        return check_file(path, records)
    total = Path(path).stat().st_size if Path(path).is_file() else None
    with shown_transfer(session.console, "Reading", Path(path).name) as told:
        return check_file(path, records, lambda done: told(done, total), accept=accept)


def _downloaded(session: Session, wanted: Any, folder: Path, records: Records, sha256: str) -> Downloaded:
    from scholiast_server.modelfiles.downloading import download

    with shown_transfer(session.console, "Downloading", Path(wanted.file).name) as told:
        try:
            return download(wanted, folder, records, told, sha256=sha256)
        except KeyboardInterrupt:
            session.console.note(f"interrupted; what was read stays. To go on: scholiast models download {wanted}")
            raise


def _download_document(repo: str, done: list[Downloaded], checked: Checked) -> dict[str, Any]:
    return {
        "repo": repo,
        "files": [
            {
                "path": str(each.path),
                "sha256": each.sha256,
                "revision": each.revision,
                "size_bytes": each.size_bytes,
                "new_bytes": each.new_bytes,
            }
            for each in done
        ],
        "problem": checked.problem,
        "facts": msgspec.to_builtins(checked.facts),
    }


def _download_lines(
    session: Session, done: list[Downloaded], checked: Checked, role: Role, seconds: float
) -> Iterator[str]:
    out = session.console.out
    total, new = sum(each.size_bytes for each in done), sum(each.new_bytes for each in done)
    name = out.paint(out.visible(done[0].path.name), "bold")
    if new:
        yield f"Downloaded {name}   {size(new)}{'' if new == total else f' of {size(total)}'} · {duration(seconds)}"
    else:
        yield f"{name} is there already, with the content that the hub has."
    yield f"  file     {out.paint(out.visible(str(done[0].path)), 'path')}"
    for each in done:
        yield f"  SHA-256  {each.sha256}"
    if checked.problem:
        yield f"  {out.paint('but', 'bad')}      {out.visible(checked.problem)}"
        return
    if checked.facts is not None:
        yield f"  model    {out.visible(facts_text(checked.facts, total))}"
        yield f"  to use   {out.visible(to_use_it(role, str(done[0].path)))}   in your settings file"


def _likely_role(checked: Checked) -> Role:
    """What a model is for, as far as its file tells."""
    facts = checked.facts
    if facts is not None and facts.makes_vectors:
        return "embedding"
    return "writing" if facts is None or facts.has_chat_template else "completing"


def _folder(named: str | None, *, needed: bool) -> Path | None:
    """Where models are downloaded to."""
    from scholiast_server.userdata import data_folder

    if named is not None:
        return Path(os.path.abspath(named))  # noqa: PTH100  a link stays one
    folder = data_folder()
    if folder is None and needed:
        raise UsageError("there is no home folder to put models into.\n  Name a folder: --to DIR")
    return folder / FOLDER if folder else None
