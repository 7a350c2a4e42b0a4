"""The workspace folders that are open, each with its index, and which of them a document belongs to.

Must not know features or how an index is kept.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from scholiast_server.engines import Models
from scholiast_server.errors import SettingsError
from scholiast_server.lsp.condition import Condition
from scholiast_server.lsp.limits import WORKER_NICENESS
from scholiast_server.lsp.upkeep import Upkeep
from scholiast_server.lsp.uris import (
    Root,
    joined,
    path_of,
    relative_path,
    relative_to,
    resolved,
    root_at,
    uri_key,
    uri_of,
)
from scholiast_server.settings import Settings

if TYPE_CHECKING:
    from scholiast_indexer.index import Index
    from scholiast_server.models.protocol import Engine

log = logging.getLogger(__name__)

_PLACES_MAX = 5_000
"""Documents whose place is remembered; past it all are found again."""
_OPEN_WAIT_S = 30.0
"""How long a request waits for an index that is being opened."""


MakeEngine = Callable[[Settings], "Engine"]


class Session:
    """One workspace folder."""

    def __init__(
        self,
        uri: str,
        root: Root,
        settings: Settings,
        on_condition: Callable[[Session, Condition], None],
        on_updated: Callable[[Session, frozenset[str] | None], None],
        make_engine: MakeEngine,
        models: Models,
    ) -> None:
        self.uri = uri
        self.root = root
        self.settings = settings
        self._make_engine = make_engine
        self._models = models
        self._engine: Engine | None = None
        self.upkeep = Upkeep(
            Path(root.real),
            self._open,
            lambda condition: on_condition(self, condition),
            lambda paths: on_updated(self, paths),
        )

    def _open(self) -> Index:
        from scholiast_server.compose import open_workspace

        root = Path(self.root.real)
        index = open_workspace(root, self.settings, models=self._models, niceness=WORKER_NICENESS)
        index.start_workers()
        return index

    @property
    def name(self) -> str:
        """What the folder is called."""
        return Path(self.root.given).name or self.root.given

    @property
    def condition(self) -> Condition:
        return self.upkeep.condition

    @property
    def index(self) -> Index | None:
        """The index if it is open now; never waits."""
        return self.upkeep.index

    def opened_index(self) -> Index | None:
        """The index, after waiting for it to be opened; not for the event loop. None where it can't be."""
        return self.upkeep.wait_until_open(_OPEN_WAIT_S)

    @property
    def engine(self) -> Engine:
        """What writes answers here. Not for the event loop: it may load."""
        if self._engine is None:
            self._engine = self._make_engine(self.settings)
        return self._engine

    def change_settings(self, settings: Settings) -> None:
        """Go by these from now on; the index stays as it is open."""
        self.settings = settings
        self._engine = None

    def uri_of(self, path: str) -> str:
        """The URI of a path of the index, spelled as the client spells its folder."""
        return uri_of(joined(self.root, path))


class Place(NamedTuple):
    """A document in a folder."""

    session: Session
    path: str
    """As the index names it."""


class Sessions:
    """All open folders; for the event loop alone."""

    def __init__(
        self,
        on_condition: Callable[[Session, Condition], None],
        on_updated: Callable[[Session, frozenset[str] | None], None],
    ) -> None:
        self._on_condition = on_condition
        self._on_updated = on_updated
        self.models = Models()
        """What runs for all folders together."""
        self.make_engine: MakeEngine = self.models.engine
        """Makes what writes the answers of a folder opened from now on."""
        self._sessions: dict[str, Session] = {}
        self._places: dict[str, Place | None] = {}

    def __iter__(self) -> Iterator[Session]:
        return iter(self._sessions.values())

    def __len__(self) -> int:
        return len(self._sessions)

    def add(self, uri: str, settings_of: Callable[[Path], Settings]) -> Session | None:
        """Open a folder; None where it is open already, or is no folder of this machine."""
        path = path_of(uri)
        key = uri_key(uri)
        if path is None or key in self._sessions or not Path(path).is_dir():
            log.info("folder left aside: %s", uri)
            return None
        root = root_at(path)
        if any(session.root.real == root.real for session in self):
            return None
        try:
            settings = settings_of(Path(root.real))
        except SettingsError as error:
            log.warning("settings of %s left aside: %s", root.real, error)
            settings = Settings()
        session = self._sessions[key] = Session(
            uri, root, settings, self._on_condition, self._on_updated, self.make_engine, self.models
        )
        self._places.clear()
        return session

    def remove(self, uri: str) -> Session | None:
        """Take a folder out; closing it is the caller's, beside the event loop."""
        self._places.clear()
        return self._sessions.pop(uri_key(uri), None)

    def inner_paths(self, session: Session) -> tuple[str, ...]:
        """Paths in a folder that are open as folders of their own, which speak for what is below them."""
        found = [relative_path(session.root.real, other.root.real) for other in self if other is not session]
        return tuple(path for path in found if path is not None)

    def place(self, uri: str) -> Place | None:
        """Which folder a document belongs to, the innermost one, and its path there; None outside of all."""
        if uri not in self._places:
            if len(self._places) >= _PLACES_MAX:
                self._places.clear()
            self._places[uri] = self._found(uri)
        return self._places[uri]

    def forget(self, uri: str) -> None:
        """A document is closed: the links on the way to it may be others when it is opened again."""
        self._places.pop(uri, None)

    def session_of(self, uri: str | None) -> Session | None:
        """The folder of a document; without one the only folder, or the first."""
        if uri is not None:
            place = self.place(uri)
            return place.session if place else None
        return next(iter(self), None)

    def _found(self, uri: str) -> Place | None:
        path = path_of(uri)
        if path is None:
            return None
        real = resolved(path)
        found = [(session, relative_to(session.root, path, real)) for session in self]
        inside = [Place(session, relative) for session, relative in found if relative not in (None, ".")]
        return max(inside, key=lambda place: len(place.session.root.real), default=None)
