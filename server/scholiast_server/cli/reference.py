"""Writes the pages that say what the parser and the tree of settings know. Must not know what verbs do.

`python -m scholiast_server.cli.reference docs` writes cli.md, settings.md and settings.schema.json; a test sees that
they are fresh.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import msgspec

from scholiast_indexer import __version__
from scholiast_server.cli.parser import PROGRAM, VERBS, Verb, build_parser
from scholiast_server.settings import WORKSPACE_FILE, Setting, Settings, all_settings

EXIT_CODES = (
    ("0", "found, or done"),
    (
        "1",
        "nothing found; for `status`, no index; for `doctor`, something is broken; for `models check` and "
        "`adapters check`, a file is",
    ),
    ("2", "wrong usage, or an error: one message on stderr says what, why, and what to do"),
    ("130", "interrupted by Ctrl-C, SIGTERM or SIGHUP; the index stays usable"),
)
DOCUMENTS = (
    ("index", "root, files, chunks, embedded, reused, removed, skipped [{path, reason}], seconds"),
    (
        "search",
        "query, hits [{path, start_line, end_line, score, language, symbol, kind, text, why}], took_ms",
    ),
    (
        "ask",
        "question, answer, engine, adapter, citations [{n, path, start_line, end_line, status, quote}], provenance",
    ),
    (
        "status",
        "root, files, chunks, embedder, engine, adapter, generation, stale, size_bytes (with `--skipped`: skipped; "
        "with a model: model; with a server: host)",
    ),
    (
        "adapters list, adapters check",
        "adapters [{name, file, sha256, size_bytes, architecture, rank, alpha, scale, tasks, base, fits, problem, "
        "remark, in_use}] (`check`: changes [{tensor, shape, rank}] too), model; `add`: one of them",
    ),
    ("adapters use", "used, tasks, root"),
    ("adapters remove", "removed, was_in_use"),
    (
        "feedback list",
        "file, verdicts [{format, answer_id, client_id, time, verdict, edit, folder, task, answer}], damaged",
    ),
    ("feedback forget", "forgotten"),
    ("doctor", "ok, checks [{name, level, text, advice}] (with `--verbose`: grammars)"),
    (
        "models list",
        "models [{role, setting, path, problem, facts, size_bytes, content, sha256, source}], endpoint, folder",
    ),
    ("models check", "ok, files [{path, problem, content, sha256, facts}]"),
    ("models download", "repo, files [{path, sha256, revision, size_bytes, new_bytes}], problem, facts"),
    ("models recommend", "date, rows [{memory_gb, writing, completing, embedding}], memory_bytes, chosen_gb"),
)
VARIABLES = (
    ("SCHOLIAST_INDEX_DIR", "the folder that holds the index, instead of `.scholiast` in the workspace"),
    ("SCHOLIAST_DEBUG", "with any value, errors come with their traceback, as with `--verbose`"),
    ("NO_COLOR", "with any value, no colours and no links"),
)


def cli_page() -> str:
    """docs/cli.md."""
    parser = build_parser(__version__)
    everywhere = [action for action in parser._actions if action.option_strings and action.dest != "help"]
    return "\n".join(
        [
            "# Command line",
            "",
            "Made from the parser by `python -m scholiast_server.cli.reference docs`; edit there.",
            "",
            f"    {PROGRAM} VERB [options]",
            "",
            *_table(("verb", "what it does"), ((f"[{v.name}](#{v.name})", v.summary) for v in VERBS)),
            "",
            "## Everywhere",
            "",
            "Before the verb or after it.",
            "",
            *_table(("option", "what it does"), map(_row, everywhere)),
            "",
            *_table(("exit code", "what it says"), EXIT_CODES),
            "",
            "With `--json` stdout holds one JSON document and nothing else; progress and notes go to stderr.",
            "Paths are relative to the workspace; bytes in them that are not UTF-8 are escaped as lone surrogates",
            "(`\\udce9`), as Python's surrogateescape does it. Lines count from 1, and `end_line` is part of the",
            "range.",
            "",
            *_table(("verb", "keys"), DOCUMENTS),
            *(line for verb in VERBS for line in _section(verb, _parser_of(parser, verb.name), everywhere, PROGRAM)),
            "",
        ]
    )


def settings_page() -> str:
    """docs/settings.md."""
    settings = list(all_settings())
    example = ["[search]", "limit = 20", 'refresh = "always"']
    return "\n".join(
        [
            "# Settings",
            "",
            "Made from the tree of settings by `python -m scholiast_server.cli.reference docs`; edit there.",
            "",
            "What is said first holds: options of a command, then environment variables, then the workspace's own",
            f"`{WORKSPACE_FILE}`, then your file (`$XDG_CONFIG_HOME/scholiast/config.toml`, by default",
            "`~/.config/scholiast/config.toml`), then the default. A key that is no setting is an error, so that a",
            "typing mistake does not go unnoticed. A workspace's file comes with code that may be anybody's: it may",
            "set only what the table says. The same as JSON Schema: [settings.schema.json](settings.schema.json).",
            "",
            "Editors send settings in the section `scholiast`, with these names or in camel case",
            "(`scholiast.editor.codeLens`); what an editor says holds as an option of a command does.",
            "",
            "```toml",
            *example,
            "```",
            "",
            *_table(
                ("setting", "values", "default", "variable", "by a workspace", "what it does"), map(_setting, settings)
            ),
            "",
            "## Other variables",
            "",
            *_table(("variable", "what it does"), ((f"`{name}`", told) for name, told in VARIABLES)),
            "",
        ]
    )


def settings_schema() -> str:
    """docs/settings.schema.json: the tree of settings as JSON Schema, for editors of settings files."""
    schema = msgspec.json.schema(Settings)
    for section in schema["$defs"].values():
        section.pop("required")
        section["additionalProperties"] = False
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


PAGES: dict[str, Callable[[], str]] = {
    "cli.md": cli_page,
    "settings.md": settings_page,
    "settings.schema.json": settings_schema,
}


def _section(
    verb: Verb, parser: argparse.ArgumentParser, everywhere: Sequence[argparse.Action], prefix: str
) -> Iterator[str]:
    known = {action.dest for action in everywhere} | {"help", "action"}
    called = f"{prefix} {verb.name}"
    heading = "#" * (called.count(" ") + 1) + called.removeprefix(PROGRAM)
    yield from ("", heading, "", f"    {called} {verb.arguments}[options]", "")
    yield from verb.description.split("\n")
    if not verb.actions:
        yield ""
        yield from _table(("option", "what it does"), (_row(a) for a in parser._actions if a.dest not in known))
    yield from ("", "```sh")
    for command, told in verb.examples:
        yield f"{command}   # {told}" if told else command
    yield "```"
    for action in verb.actions:
        yield from _section(action, _parser_of(parser, action.name), everywhere, called)


def _parser_of(parser: argparse.ArgumentParser, name: str) -> argparse.ArgumentParser:
    """Of one of the things that a verb can do."""
    actions = next(action for action in parser._actions if isinstance(action, argparse._SubParsersAction))
    found: argparse.ArgumentParser = actions.choices[name]
    return found


def _row(action: argparse.Action) -> tuple[str, str]:
    value = action.metavar if isinstance(action.metavar, str) else ""
    shown = ", ".join(f"{name} {value}".rstrip() for name in action.option_strings[-1:]) or value
    short = [name for name in action.option_strings[:-1] if not name.startswith("--")]
    return f"`{', '.join([*short, shown])}`", action.help or ""


def _setting(setting: Setting) -> tuple[str, ...]:
    return (
        f"`{setting.key}`",
        setting.values,
        f"`{setting.default}`" if setting.default else "none",
        f"`{setting.environment}`",
        "yes" if setting.workspace else "no",
        setting.description,
    )


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    cells = list(rows)
    if not cells:
        return ["No options of its own."]
    escaped = (" | ".join(cell.replace("|", "\\|") for cell in row) for row in (head, ("---",) * len(head), *cells))
    return [f"| {row} |" for row in escaped]


def main(folder: Path) -> None:
    """Write all pages."""
    for name, page in PAGES.items():
        (folder / name).write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
