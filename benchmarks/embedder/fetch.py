"""Fetches the source packages of the manifest, by the ordinary client of each registry.

    python benchmarks/embedder/fetch.py --into DIR [--pin]

A row of `manifest.tsv` is a package: registry, name, version, licence, use, SHA-256 of the archive. What is there
already, with the right checksum, is not fetched again. `--pin` fills in versions and checksums that are missing.
Debian's sources come from the mirror that the machine is set up for; the packages lists for them are kept in DIR.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import re
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

MANIFEST = Path(__file__).parent / "manifest.tsv"
_COLUMNS = ("registry", "name", "version", "licence", "use", "sha256")
_DEBIAN_SUITE = "bookworm"
_FETCH_TIMEOUT_S = 1800


class Package(NamedTuple):
    """One row of the manifest."""

    registry: str
    name: str
    version: str
    licence: str
    use: str
    """`train`, or `held` for what is measured on and never trained on."""
    sha256: str

    @property
    def folder(self) -> str:
        """Where its archive lies, under the folder fetched into."""
        return f"{self.registry}/{re.sub(r'[^A-Za-z0-9.-]+', '_', self.name)}"


def read_manifest(path: Path = MANIFEST) -> list[Package]:
    """All packages, in order."""
    with path.open(encoding="utf-8", newline="") as lines:
        return [Package(**row) for row in csv.DictReader(lines, delimiter="\t")]


def write_manifest(packages: list[Package], path: Path = MANIFEST) -> None:
    with path.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.writer(lines, delimiter="\t", lineterminator="\n")
        writer.writerow(_COLUMNS)
        writer.writerows(packages)


def archive_of(package: Package, into: Path) -> Path | None:
    """The fetched archive, or None."""
    found = sorted((into / package.folder).glob("*"), key=lambda path: (-path.stat().st_size, path.name))
    archives = [path for path in found if re.search(r"\.(whl|tgz|tar\.(gz|xz|bz2))$", path.name)]
    return next((path for path in archives if ".debian.tar" not in path.name), None)


def fetch(package: Package, into: Path) -> Path:
    """The archive of a package, fetched when it is not there.

    Raises:
        RuntimeError: The registry does not have it, or what came is something else.
    """
    archive = archive_of(package, into)
    if archive is None:
        folder = into / package.folder
        folder.mkdir(parents=True, exist_ok=True)
        command = _COMMANDS[package.registry](package, into)
        done = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, timeout=_FETCH_TIMEOUT_S, check=False
        )
        archive = archive_of(package, into)
        if archive is None:
            raise RuntimeError(f"{package.name}: {(done.stderr or done.stdout).strip()[-400:]}")
    if package.sha256 and sha256(archive) != package.sha256:
        raise RuntimeError(f"{package.name}: {archive} is not what the manifest names; delete it to fetch it again")
    return archive


def sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _pip(package: Package, into: Path) -> list[str]:
    wanted = f"{package.name}=={package.version}" if package.version else package.name
    return [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary", ":all:", "--dest", ".", wanted]


def _npm(package: Package, into: Path) -> list[str]:
    return ["npm", "pack", "--silent", f"{package.name}@{package.version}" if package.version else package.name]


def _apt(package: Package, into: Path) -> list[str]:
    wanted = f"{package.name}={package.version}" if package.version else package.name
    return ["apt-get", *_apt_options(into), "source", "--download-only", wanted]


_COMMANDS = {"pypi": _pip, "npm": _npm, "debian": _apt}


def _apt_options(into: Path) -> list[str]:
    folder = (into / "apt").resolve()
    set_to = {
        "Dir::Etc::SourceList": f"{folder}/sources.list",
        "Dir::Etc::SourceParts": "/dev/null",
        "Dir::State::Lists": f"{folder}/lists",
        "Dir::Cache": f"{folder}/cache",
        "APT::Sandbox::User": "root",
    }
    return [f"-o{name}={value}" for name, value in set_to.items()]


def prepare_apt(into: Path) -> None:
    """Lists of Debian's source packages, of the machine's own mirror, in a folder of ours."""
    folder = into / "apt"
    (folder / "lists" / "partial").mkdir(parents=True, exist_ok=True)
    (folder / "cache" / "archives" / "partial").mkdir(parents=True, exist_ok=True)
    targets = ["apt-get", "indextargets", "--format", "$(SITE) $(RELEASE)", "Created-By: Packages"]
    listed = subprocess.run(targets, capture_output=True, text=True, check=True).stdout.splitlines()
    site = next(site for site, release in map(str.split, listed) if release == _DEBIAN_SUITE)
    keys = "/usr/share/keyrings/debian-archive-keyring.gpg"
    (folder / "sources.list").write_text(f"deb-src [signed-by={keys}] {site} {_DEBIAN_SUITE} main\n", "utf-8")
    subprocess.run(["apt-get", *_apt_options(into), "update"], check=True, stdout=subprocess.DEVNULL)


def _version_in(archive: Path, package: Package) -> str:
    """The version that came, where the manifest names none."""
    if package.registry == "debian":
        dsc = next(archive.parent.glob("*.dsc")).read_text("utf-8", "replace")
        return next(line.removeprefix("Version: ") for line in dsc.splitlines() if line.startswith("Version: "))
    if package.registry == "pypi":
        return archive.name.split("-")[1]
    return archive.name.removesuffix(".tgz")[len(package.name.lstrip("@").replace("/", "-")) + 1 :]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--into", type=Path, required=True)
    parser.add_argument("--pin", action="store_true")
    arguments = parser.parse_args()
    packages = read_manifest()
    if any(package.registry == "debian" for package in packages) and not (arguments.into / "apt").exists():
        prepare_apt(arguments.into)
    failed = 0
    for place, package in enumerate(packages):
        try:
            archive = fetch(package, arguments.into)
        except (RuntimeError, subprocess.TimeoutExpired) as error:
            print(error, file=sys.stderr)
            failed += 1
            continue
        if arguments.pin:
            version = package.version or _version_in(archive, package)
            packages[place] = package._replace(version=version, sha256=sha256(archive))
    if arguments.pin:
        write_manifest(packages)
    print(f"{len(packages) - failed} of {len(packages)} packages are there")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
