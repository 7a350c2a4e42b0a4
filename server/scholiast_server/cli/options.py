"""The options of the verbs, each group once. Must not know what they bring about; imports argparse alone."""

from __future__ import annotations

import argparse
from collections.abc import Callable

LIMIT_MAX = 1000
SCALE_MAX = 10.0
"""`scholiast_server.adapters.limits.SCALE_MAX`, written out for the same reason as `KINDS`; a test compares."""
KINDS = (
    "function", "method", "class", "interface", "struct", "enum", "trait", "type", "module", "constant",
    "variable", "property", "macro", "section", "cell", "script", "block", "text",
)  # fmt: skip
"""`scholiast_indexer.types.Kind`, written out because that module loads more than `--help` may; a test compares."""
TASKS = ("ask", "explain", "document", "commit", "complete")
"""`scholiast_server.models.protocol.Task`, written out for the same reason; a test compares."""
SHELLS = ("bash", "zsh", "tcsh", "fish")


def everywhere(parser: argparse.ArgumentParser, default: str | None) -> None:
    """What every verb understands, before the verb and after it."""
    group = parser.add_argument_group("everywhere")
    group.add_argument(
        "--root", metavar="DIR", default=default,
        help="the workspace (default: the git repository around the current folder, else that folder)",
    )  # fmt: skip
    group.add_argument(
        "--color", choices=("auto", "always", "never"), default=default, metavar="WHEN",
        help="auto, always or never (default: auto, on a terminal)",
    )  # fmt: skip
    group.add_argument("-q", "--quiet", action="store_true", default=default or False, help="no progress and no notes")
    group.add_argument(
        "-v", "--verbose", action="store_true", default=default or False, help="more detail, tracebacks with errors"
    )


def json(parser: argparse._ActionsContainer) -> None:
    parser.add_argument("--json", action="store_true", help="one JSON document on stdout and nothing else")


def index_root(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", metavar="ROOT", nargs="?", help="the workspace, the same as --root")


def query(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("query", metavar="QUERY", nargs="+", help="words, a name, a path or a question")


def question(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("question", metavar="QUESTION", nargs="+", help="in plain words")


def checked_files(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "files", metavar="PATH", nargs="*",
        help="a document, a file of code for its comments, or a folder with both (default: all documents)",
    )  # fmt: skip
    parser.add_argument("--fix", action="store_true", help="put right in its file each citation of code that moved")


def check_output(parser: argparse.ArgumentParser) -> None:
    group = parser.add_mutually_exclusive_group()
    json(group)
    group.add_argument("--sarif", action="store_true", help="one SARIF document on stdout, for code scanning")


def verdicts(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("ids", metavar="ID", nargs="*", help="of a verdict, or the beginning of one")
    parser.add_argument("--all", action="store_true", help="all of them")


def limit(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "-n", "--limit", metavar="N", type=_number(1, LIMIT_MAX), help="at most so many hits (default: 10)"
    )


def filters(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("narrow the search")
    group.add_argument(
        "--path", metavar="PATTERN", action="append", default=[],
        help="only these paths, as in .gitignore: src/, '*.py', '/docs/**' (may be repeated)",
    )  # fmt: skip
    group.add_argument(
        "--lang", metavar="NAME", action="append", default=[],
        help="only this language: python, typescript, … or an extension such as ts (may be repeated)",
    )  # fmt: skip
    group.add_argument(
        "--kind", metavar="KIND", action="append", default=[], choices=KINDS,
        help="only this kind: function, method, class, section, … (may be repeated)",
    )  # fmt: skip
    group.add_argument(
        "--tests", choices=("any", "none", "only"), default="any", metavar="WHICH",
        help="any, none or only: test code among the rest, left out, or alone (default: any)",
    )  # fmt: skip


def search_display(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("-s", "--snippets", action="store_true", help="show the code of each hit")
    parser.add_argument(
        "--context", metavar="N", type=_number(1, 500), help="lines of each snippet (default: 12); implies --snippets"
    )
    parser.add_argument("--explain", action="store_true", help="say for each hit why it ranks where it does")


def strictness(parser: argparse.ArgumentParser) -> None:
    group = parser.add_mutually_exclusive_group()
    group.add_argument(
        "--strict", action="store_true", default=None, dest="strict", help="show only sentences that were verified"
    )
    group.add_argument(
        "--no-strict", action="store_false", default=None, dest="strict",
        help="show all, those that do not hold marked (default)",
    )  # fmt: skip


def ask_display(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "-s", "--snippets", metavar="N", type=_number(0, 50), help="show the code of the first N citations (default: 1)"
    )


def model(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--model", metavar="FILE", help="the GGUF file of the model, in place of the setting model.path"
    )


def adapter(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--adapter",
        metavar="NAME",
        help="the LoRA adapter to answer under: NAME, NAME:SCALE, several with commas, none",
    )


def adapter_to_add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help="a GGUF file")
    parser.add_argument("--name", metavar="NAME", help="what to call it (default: as its file is called)")
    parser.add_argument(
        "--scale", metavar="X", type=_scale, default=1.0, help="the scale that it was trained for (default: 1)"
    )
    tasks(parser, "a task that it serves: ask, explain, document, commit or complete (may be repeated; default: all)")
    parser.add_argument("--replace", action="store_true", help="put it in the place of the one of that name")


def adapter_name(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME", help="of the adapter")


def adapter_to_check(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("named", metavar="NAME", nargs="?", help="of an adapter, or a file (default: all adapters)")


def adapter_to_use(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("wanted", metavar="NAME", nargs="?", help="NAME, NAME:SCALE, several with commas, or none")
    tasks(parser, "for this task alone: ask, explain, document, commit or complete (may be repeated)")
    parser.add_argument("--scale", metavar="X", type=_scale, help="how strongly (default: as it was trained)")
    parser.add_argument("--here", action="store_true", help="in this workspace alone")
    parser.add_argument("--unset", action="store_true", help="take the choice back")


def tasks(parser: argparse.ArgumentParser, told: str) -> None:
    parser.add_argument("--task", metavar="TASK", action="append", default=[], choices=TASKS, help=told)


def freshness(parser: argparse.ArgumentParser) -> None:
    group = parser.add_mutually_exclusive_group()
    group.add_argument(
        "--refresh", action="store_const", const="always", dest="refresh", help="bring the index up to date first"
    )
    group.add_argument(
        "--no-refresh", action="store_const", const="never", dest="refresh", help="use the index as it is"
    )


def offline(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--offline", action="store_const", const=True, dest="offline",
        help="make any attempt to reach a network an error, whatever is set",
    )  # fmt: skip


def vectors(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--vectors", choices=("auto", "exact", "hnsw"), metavar="MODE",
        help="auto, exact or hnsw: how vectors are compared (default: auto, exact up to 50,000 chunks)",
    )  # fmt: skip


def model_files(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", metavar="FILE", nargs="*", help="a GGUF file (default: those that are set)")
    parser.add_argument("--accept", action="store_true", help="record a content that has changed as the right one")


def hub_file(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("repo", metavar="REPO", help="a repository of the hub: OWNER/NAME")
    parser.add_argument("file", metavar="FILE", help="one of its files, as its page lists it")
    parser.add_argument("--to", metavar="DIR", help="the folder for it (default: scholiast/models in your data folder)")
    parser.add_argument(
        "--revision", metavar="NAME", default="main", help="a branch, tag or commit (default: main, the newest)"
    )
    parser.add_argument("--sha256", metavar="HEX", type=_sha256, help="the SHA-256 that the file has to have")


def memory(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--memory", metavar="GB", type=_number(1, 100_000), help="for so much memory (default: this machine's)"
    )


def skipped(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--skipped", action="store_true", help="list each file that is not indexed, and why")


def yes(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("-y", "--yes", action="store_true", help="do not ask")


def transport(parser: argparse.ArgumentParser) -> None:
    group = parser.add_mutually_exclusive_group()
    group.add_argument("--stdio", action="store_true", help="speak over standard input and output (default)")
    group.add_argument(
        "--tcp", metavar="PORT", type=_number(0, 65_535), help="speak to one client at a port of this machine; 0: any"
    )
    parser.add_argument(
        "--log", metavar="FILE", help="write the log there (default: server.log below the user's state folder)"
    )


def shell(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("shell", metavar="SHELL", choices=SHELLS, help=f"{', '.join(SHELLS[:-1])} or {SHELLS[-1]}")


def _scale(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= SCALE_MAX:
        raise argparse.ArgumentTypeError(f"{text!r} is no number from 0 to {SCALE_MAX:g}")
    return value


def _sha256(text: str) -> str:
    if len(text) != 64 or any(letter not in "0123456789abcdef" for letter in text.lower()):
        raise argparse.ArgumentTypeError(f"{text!r} is no SHA-256: that has 64 digits, 0 to 9 and a to f")
    return text.lower()


def _number(least: int, most: int) -> Callable[[str], int]:
    """Reads a whole number within bounds."""

    def read(text: str) -> int:
        value = int(text) if text.isascii() and text.lstrip("+-").isdigit() else None
        if value is None or not least <= value <= most:
            raise argparse.ArgumentTypeError(f"{text!r} is no whole number from {least} to {most}")
        return value

    return read
