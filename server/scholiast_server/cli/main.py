"""Where the command begins and ends: parse, run one verb, turn what happened into an exit code.

Must not know what any verb does. Exit codes: 0 found or done, 1 nothing found, 2 wrong usage or an error,
130 interrupted.
"""

from __future__ import annotations

import contextlib
import os
import sys
from argparse import Namespace
from collections.abc import Sequence
from typing import TYPE_CHECKING

from scholiast_indexer import __version__
from scholiast_server.cli.parser import USAGE_EXIT, build_parser

if TYPE_CHECKING:
    from types import FrameType

    from scholiast_server.cli.console import Console

DONE = 0
ERROR = USAGE_EXIT
INTERRUPTED = 130
DEBUG_VARIABLE = "SCHOLIAST_DEBUG"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command line; returns its exit code."""
    _open_missing_streams()
    try:
        code = _main(arguments)
        sys.stdout.flush()
    except BrokenPipeError:  # whoever read our output has seen enough
        _discard_output()
        return DONE
    except KeyboardInterrupt:
        return INTERRUPTED
    return code


def _main(arguments: Sequence[str] | None) -> int:
    parser = build_parser(__version__)
    try:
        options = parser.parse_args(arguments)
        if options.verb is None:
            parser.print_help(sys.stderr)
            return USAGE_EXIT
    except SystemExit as ended:  # argparse ends help, version and wrong usage so
        return ended.code if isinstance(ended.code, int) else USAGE_EXIT
    from scholiast_server.cli.console import open_console

    _let_signals_interrupt()
    console = open_console(options.color or "auto", quiet=options.quiet, verbose=options.verbose)
    return _run(options, console)


def _run(options: Namespace, console: Console) -> int:
    """The one place where what a verb raises becomes a message and an exit code."""
    from importlib import import_module

    from scholiast_indexer.errors import ScholiastError
    from scholiast_server.errors import ServerError

    module, _, function = options.run.partition(":")
    try:
        verb = import_module(f"scholiast_server.cli.verbs.{module}")
        return int(getattr(verb, function)(options, console))
    except (BrokenPipeError, KeyboardInterrupt):
        raise
    except (ScholiastError, ServerError) as error:
        return _failed(str(error), console)
    except Exception as error:  # noqa: BLE001  the user gets one message whatever it is; --verbose shows the rest
        return _failed(
            f"something went wrong that should not: {type(error).__name__}: {error}\n"
            f"  Run it again with --verbose to see where; `scholiast doctor` checks the installation.",
            console,
        )


def _failed(message: str, console: Console) -> int:
    if console.verbose or os.environ.get(DEBUG_VARIABLE):
        import traceback

        traceback.print_exc()
    console.problem(message)
    return ERROR


def _let_signals_interrupt() -> None:
    """A polite end (SIGTERM, as CI sends it; SIGHUP, as a terminal that closes) is the same as Ctrl-C: what was done
    stays.
    """
    import signal

    with contextlib.suppress(ValueError):  # not in the main thread: its owner handles signals
        signal.signal(signal.SIGTERM, _interrupt)
        hang_up = getattr(signal, "SIGHUP", None)
        if hang_up is not None and signal.getsignal(hang_up) is not signal.SIG_IGN:  # as nohup has it
            signal.signal(hang_up, _interrupt)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _open_missing_streams() -> None:
    """Whoever starts us with a stream closed wants nothing of it, and no file that we open may take its number."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            from pathlib import Path

            setattr(sys, name, Path(os.devnull).open(mode, encoding="utf-8"))  # noqa: SIM115  for as long as we run


def _discard_output() -> None:
    """Keep the interpreter from complaining about the closed pipe when it flushes at exit."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
