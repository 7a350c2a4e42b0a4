"""The server: what its features share, and the order of its life. Must not know how any feature answers."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
from lsprotocol import types
from pygls.exceptions import JsonRpcException
from pygls.lsp.server import LanguageServer

from scholiast_indexer import __version__
from scholiast_server.engines import embeds_alike, engine_kind
from scholiast_server.errors import SettingsError
from scholiast_server.lsp.adapting import Adapting
from scholiast_server.lsp.asking import Asker
from scholiast_server.lsp.background import Background
from scholiast_server.lsp.client import ClientFacts
from scholiast_server.lsp.condition import Condition
from scholiast_server.lsp.configuration import SECTION, settings_from
from scholiast_server.lsp.documents import Documents
from scholiast_server.lsp.judging import Judging
from scholiast_server.lsp.limits import CONFIGURATION_WAIT_S, QUICK_THREADS
from scholiast_server.lsp.live import LiveText
from scholiast_server.lsp.locations import Locator
from scholiast_server.lsp.pages import Pages
from scholiast_server.lsp.positions import Encoding
from scholiast_server.lsp.progress import WorkProgress
from scholiast_server.lsp.protocol import Protocol, converter
from scholiast_server.lsp.sessions import Session, Sessions
from scholiast_server.lsp.status import FolderStatus, Status, overall
from scholiast_server.settings import Settings

log = logging.getLogger(__name__)

NAME = "scholiast"
STATUS_CHANGED = "scholiast/statusChanged"


class Server(LanguageServer):
    """One connection's server. All of it belongs to the event loop, but for what says otherwise."""

    protocol: Protocol  # pyright: ignore[reportIncompatibleVariableOverride]  # it is set once, by the constructor

    def __init__(self) -> None:
        super().__init__(
            NAME,
            __version__,
            types.TextDocumentSyncKind.Incremental,
            protocol_cls=Protocol,
            converter_factory=converter,
            max_workers=1,
        )
        self.documents = Documents()
        self.background = Background()
        self.quick = Background(QUICK_THREADS, "scholiast-quick")
        """For what editors ask all the time and takes milliseconds: it does not wait behind answers."""
        self.completing = Background(1, "scholiast-completing")
        """For what is completed as one types: the latest counts, and it does not wait behind answers either."""
        self.sessions = Sessions(self._from_thread(self._condition_changed), self._from_thread(self._updated))
        self.live = LiveText(self.documents, self.sessions, on_leveled=self._from_thread(self.changed))
        self.adapting = Adapting()
        self.judging = Judging()
        self.asker = Asker(
            self.documents, self.sessions, self.live, self.background, self.adapting, self.judging.remember
        )
        self.pages = Pages()
        self.client = ClientFacts()
        self.initialization_options: Any = None
        self.forced: dict[str, Any] = {}
        """Settings by key that the command line has given; no editor changes them."""
        self.folders: list[str] = []
        """URIs of the folders named by `initialize`, to be opened once the client is ready."""
        self.on_change: list[Callable[[], None]] = []
        """Called when something has changed of what is indexed, open or set: what is shown may be others now."""
        self._changing = asyncio.Lock()
        self._begun = asyncio.Event()
        self._pushed: Any = None
        self._configuration: dict[str, Any] = {}
        self._warned: set[str] = set()
        self._progress: dict[str, WorkProgress] = {}
        self._laid: dict[str, object] = {}
        self._status: Status | None = None
        self._adapter: str | None = None
        self._tasks: set[asyncio.Task[Any]] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._closing = False

    def report_server_error(self, error: Exception, source: Any) -> None:
        """To the log alone: pygls shows users an error popup for whatever a handler raises."""
        log.error("%s: %s", getattr(source, "__name__", source), error)

    def spawn(self, work: Any) -> asyncio.Task[Any]:
        """Run a coroutine beside what answers; it is kept, and what it raises is logged."""
        task: asyncio.Task[Any] = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._finished)
        return task

    def _finished(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("work beside a request failed", exc_info=error)

    # -- folders ------------------------------------------------------------------------------------------------

    async def change_folders(self, removed: list[str], added: list[str]) -> None:
        """Stop keeping the indexes of some folders and begin to keep those of others; one change after the other."""
        async with self._changing:
            await self._close_folders(removed)
            await self._open_folders(added)
            self.live.folders_changed()
            self._begun.set()
            self._tell_status()
        await self.refresh_adapter()

    async def until_begun(self) -> None:
        """Wait, for some seconds at most, until the folders of the start are known with their settings."""
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self._begun.wait(), CONFIGURATION_WAIT_S)

    async def _open_folders(self, uris: list[str]) -> None:
        await self._fetch_configuration(uris)
        for uri in uris:
            session = self.sessions.add(uri, lambda root, uri=uri: self._settings_of(uri, root))  # type: ignore[misc]
            if session is not None and not self._closing:
                session.upkeep.start()
        self._tell_status()

    async def _close_folders(self, uris: list[str]) -> None:
        closed = [session for uri in uris if (session := self.sessions.remove(uri)) is not None]
        for session in closed:
            self._end_progress(session)
            session.upkeep.begin_closing()
        self._tell_status()
        self.changed()
        for session in closed:
            await self.background.run(lambda _, session=session: session.upkeep.close())  # type: ignore[misc]

    async def _fetch_configuration(self, uris: list[str]) -> None:
        """Ask the client for its settings of each folder, if it has any."""
        if not self.client.has_configuration or not uris:
            return
        items = [types.ConfigurationItem(scope_uri=uri, section=SECTION) for uri in uris]
        try:
            asked = self.workspace_configuration_async(types.ConfigurationParams(items))
            values = await asyncio.wait_for(asked, CONFIGURATION_WAIT_S)
        except (JsonRpcException, asyncio.TimeoutError) as error:
            log.info("the client gives no settings: %s", error)
            return
        self._configuration.update(zip(uris, values or (), strict=False))

    def _settings_of(self, uri: str, root: Path) -> Settings:
        try:
            told = [self.initialization_options, self._pushed, self._configuration.get(uri), self.forced]
            return settings_from(root, told)
        except SettingsError as error:
            if str(error) not in self._warned:  # once, however many folders it holds for
                self._warned.add(str(error))
                self.warn(f"{error}\n  Until then Scholiast goes by its defaults.")
            return Settings()

    async def settings_changed(self, pushed: Any) -> None:
        """The client says that its settings are others now; `pushed` are they, where it tells."""
        async with self._changing:
            self._pushed = pushed
            self._warned.clear()
            await self._fetch_configuration([session.uri for session in self.sessions])
            for session in list(self.sessions):
                settings = self._settings_of(session.uri, Path(session.root.real))
                if _adapter_settings(settings) != _adapter_settings(session.settings):
                    self.adapting.forget()  # what is said last holds
                if settings.index != session.settings.index or not embeds_alike(settings, session.settings):
                    await self._close_folders([session.uri])
                    await self._open_folders([session.uri])
                else:
                    session.change_settings(settings)
            wanted = [session.settings for session in self.sessions]
            await self.background.run(lambda _: self.sessions.models.keep_only(wanted))
        await self.refresh_adapter()
        self._tell_status()
        self.changed()

    def changed(self) -> None:
        """Tell all that show something."""
        if not self._closing:
            for told in self.on_change:
                told()

    @property
    def encoding(self) -> Encoding:
        """What positions count in, as negotiated."""
        return self.documents.encoding

    def locator(self) -> Locator:
        """Turns lines into ranges, for one request."""
        return Locator(self.documents, self.encoding)

    def warn(self, message: str) -> None:
        """Tell the user of something that is theirs to change."""
        log.warning("%s", message)
        self.window_show_message(types.ShowMessageParams(types.MessageType.Warning, message))

    def tell(self, message: str) -> None:
        """Tell the user of what was asked for, where the client shows it in no other way."""
        self.window_show_message(types.ShowMessageParams(types.MessageType.Info, message))

    # -- conditions ---------------------------------------------------------------------------------------------

    def _from_thread(self, act: Callable[..., None]) -> Callable[..., None]:
        """`act`, but on the event loop."""

        def later(*arguments: Any) -> None:
            loop = self._loop
            if loop is not None and not loop.is_closed():
                loop.call_soon_threadsafe(act, *arguments)

        return later

    def started(self) -> None:
        """The event loop runs."""
        self._loop = asyncio.get_running_loop()

    def _condition_changed(self, session: Session, condition: Condition) -> None:
        if self._closing or session not in list(self.sessions):
            return
        index = session.index
        if index is not None and self._laid.get(session.uri) is not index:
            self._laid[session.uri] = index
            self.live.level_all(session)
        self._show_progress(session, condition)
        self._tell_status()

    def _updated(self, session: Session, paths: frozenset[str] | None) -> None:
        """After an update: text that was saved meanwhile is no longer laid over it."""
        if not self._closing:
            self.live.level_all(session, paths)
            self.changed()

    def _show_progress(self, session: Session, condition: Condition) -> None:
        if condition.state != "indexing":
            self._end_progress(session, condition.message)
            return
        if session.uri not in self._progress:
            if not self.client.has_progress:
                return
            title = f"Indexing {session.name}"
            self._progress[session.uri] = WorkProgress(
                self.work_done_progress, title, session.upkeep.cancel, is_counted=True
            )
        self._progress[session.uri].report(condition.message, condition.percent)

    def _end_progress(self, session: Session, message: str = "") -> None:
        progress = self._progress.pop(session.uri, None)
        if progress is not None:
            progress.end(message)

    def status(self) -> Status:
        """The state of all folders as one."""
        first = self.sessions.session_of(None)
        engine = engine_kind(first.settings if first else Settings())
        if self.folders and not self._begun.is_set():
            return Status("starting", "", None, 0, 0, engine, None)
        return overall([(session.name, session.condition) for session in self.sessions], engine, self._adapter)

    async def refresh_adapter(self) -> None:
        """Look which adapter answers are written under now: commands choose one too."""
        session = self.sessions.session_of(None)
        if session is None or engine_kind(session.settings) == "extractive":
            self._adapter = None
        else:
            self._adapter = await self.quick.run(lambda _: self.adapting.names(session))
        self._tell_status()

    def folder_statuses(self) -> list[FolderStatus]:
        """The state of each folder."""
        return [
            FolderStatus(
                session.uri, session.name, found.state, found.message, found.percent, found.files, found.chunks
            )
            for session in self.sessions
            for found in [session.condition]
        ]

    def _tell_status(self) -> None:
        status = self.status()
        if status != self._status and not self.protocol.is_shut_down:
            self._status = status
            self.protocol.notify(STATUS_CHANGED, msgspec.to_builtins(status))

    # -- the end ------------------------------------------------------------------------------------------------

    async def close(self) -> None:
        """End all work, as soon as what was read is written."""
        self._closing = True
        sessions = list(self.sessions)
        for session in sessions:
            session.upkeep.begin_closing()
        for task in list(self._tasks):
            task.cancel()
        self.live.close()
        loop = asyncio.get_running_loop()
        closing = [session.upkeep.close for session in sessions]
        await asyncio.gather(*(loop.run_in_executor(None, close) for close in [*closing, self.sessions.models.close]))
        self.pages.close()
        self.background.close()
        self.quick.close()
        self.completing.close()


def _adapter_settings(settings: Settings) -> object:
    return settings.adapters, settings.model.adapter
