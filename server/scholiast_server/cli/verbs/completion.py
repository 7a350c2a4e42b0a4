"""`scholiast completion`: a script for a shell, made from the parser. Must not know verbs."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from typing import Any

from scholiast_indexer import __version__
from scholiast_server.cli.console import Console
from scholiast_server.cli.parser import build_parser
from scholiast_server.errors import UsageError

_FOLDERS = ("root", "folder")


def run(options: argparse.Namespace, console: Console) -> int:
    """0 when the script is printed."""
    import shtab

    if options.shell not in shtab.SUPPORTED_SHELLS:
        raise UsageError(
            f"the installed shtab makes no completion for {options.shell}.\n  Upgrade it: pip install -U shtab"
        )
    parser = build_parser(__version__)
    _complete_folders(parser, shtab.DIRECTORY)
    console.out.write(str(shtab.complete(parser, shell=options.shell)))
    return 0


def _complete_folders(parser: argparse.ArgumentParser, folders: Mapping[str, object]) -> None:
    """Have options that take a folder completed by the shell's folders."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for inner in action.choices.values():
                _complete_folders(inner, folders)
        elif action.dest in _FOLDERS:
            marked: Any = action  # shtab reads an attribute that argparse knows nothing of
            marked.complete = folders
