"""The adapters that a user has registered: a manifest each, in a file of its own. Must not know which one is chosen.

So a damaged file costs the one adapter it is about, and is told and kept; what lies in the adapters' own places is
never touched.
"""

from __future__ import annotations

import difflib
from pathlib import Path

import msgspec

from scholiast_server.adapters.limits import ADAPTERS_MAX, MANIFEST_BYTES_MAX
from scholiast_server.adapters.manifest import Manifest, decoded, encoded, is_name
from scholiast_server.adapters.storage import changing
from scholiast_server.errors import AdapterError
from scholiast_server.userdata import data_folder, write_whole

_SUFFIX = ".json"


class Damaged(msgspec.Struct, frozen=True):
    """A manifest that can't be read."""

    name: str
    problem: str


class UnknownAdapterError(AdapterError):
    """No adapter has that name."""


class Registry:
    """The adapters of one user. For any thread and any number of processes."""

    def __init__(self, folder: Path | None = None) -> None:
        """
        Args:
            folder: The user's data folder; by default the one of this system.
        """
        self.folder = folder or data_folder()

    def entries(self) -> list[Manifest | Damaged]:
        """All of them, by name."""
        if self.folder is None:
            return []
        try:
            paths = sorted(self._manifests.glob(f"[!.]*{_SUFFIX}"))[:ADAPTERS_MAX]
        except OSError as error:
            raise AdapterError(f"{self._manifests} can't be read: {error.strerror or error}.") from error
        found = (self._read(path) for path in paths if is_name(path.stem))
        return [entry for entry in found if entry is not None]

    def get(self, name: str) -> Manifest:
        """The adapter of a name.

        Raises:
            UnknownAdapterError: There is none; the message names those that come close.
            AdapterError: Its manifest is damaged; the message says what to do.
        """
        found = self._read(self._path(name)) if is_name(name) and self.folder is not None else None
        if found is None:
            raise UnknownAdapterError(f"there is no adapter {name!r}.\n  {self._hint(name)}")
        if isinstance(found, Damaged):
            raise AdapterError(found.problem)
        return found

    def add(self, manifest: Manifest, *, replace: bool = False) -> None:
        """Register an adapter.

        Raises:
            AdapterError: There is one of that name already and it is not to be replaced, or nothing can be written.
        """
        with changing(self.folder) as folder:
            path = folder / "adapters" / f"{manifest.name}{_SUFFIX}"
            if path.exists() and not replace:
                raise AdapterError(
                    f"there is an adapter {manifest.name} already.\n"
                    f"  Choose another name with --name, or put this one in its place with --replace."
                )
            if not path.exists() and len(self.entries()) >= ADAPTERS_MAX:
                raise AdapterError(f"{ADAPTERS_MAX:,} adapters are registered: that is the limit.\n  Remove some.")
            write_whole(path, encoded(manifest))

    def remove(self, name: str) -> None:
        """Forget an adapter, a damaged one too; its file stays where it is.

        Raises:
            AdapterError: There is none of that name, or nothing can be written.
        """
        with changing(self.folder):
            try:
                if not is_name(name):
                    raise FileNotFoundError
                self._path(name).unlink()
            except FileNotFoundError as error:
                raise UnknownAdapterError(f"there is no adapter {name!r}.\n  {self._hint(name)}") from error

    @property
    def _manifests(self) -> Path:
        assert self.folder is not None, "whoever asks has looked"
        return self.folder / "adapters"

    def _path(self, name: str) -> Path:
        return self._manifests / f"{name}{_SUFFIX}"

    def _read(self, path: Path) -> Manifest | Damaged | None:
        """None where there is none: another process may just have removed it."""
        try:
            with path.open("rb") as file:
                data = file.read(MANIFEST_BYTES_MAX + 1)
            if len(data) > MANIFEST_BYTES_MAX:
                raise ValueError(f"is damaged: it is larger than {MANIFEST_BYTES_MAX:,} bytes")
            found = decoded(data)
            if found.name != path.stem:
                raise ValueError(f"is damaged: it is about {found.name}")
            return found
        except FileNotFoundError:
            return None
        except OSError as error:
            return Damaged(path.stem, f"{path} can't be read: {error.strerror or error}.\n  Check its permissions.")
        except ValueError as error:
            return Damaged(
                path.stem,
                f"what is written down of the adapter {path.stem} {error} ({path}).\n"
                f"  Mend that file, or add the adapter again: scholiast adapters add FILE --name {path.stem} --replace",
            )

    def _hint(self, name: str) -> str:
        names = [entry.name for entry in self.entries()]
        if close := difflib.get_close_matches(name, names, 1):
            return f"Did you mean {close[0]}?"
        return f"There are: {', '.join(names)}." if names else "Add one: scholiast adapters add FILE.gguf"
