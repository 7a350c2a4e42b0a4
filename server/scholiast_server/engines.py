"""What writes, made from settings: the models that run for this process. Must not know indexes, evidence or protocols.

A model is loaded once, however many folders ask it, and only when the first one does.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from pathlib import PurePath
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from scholiast_indexer.embedding import Embedder
    from scholiast_server.models.endpoint.address import Access
    from scholiast_server.models.endpoint.client import Client
    from scholiast_server.models.llama.client import LlamaProcess
    from scholiast_server.models.llama.wire import Load
    from scholiast_server.models.protocol import Engine, Task
    from scholiast_server.settings import Settings

EngineKind = Literal["extractive", "llama", "endpoint"]


class Models:
    """The models of one process of ours. For any thread."""

    def __init__(self) -> None:
        self._processes: dict[Load, LlamaProcess] = {}
        self._clients: dict[Access, Client] = {}
        self._changing = threading.Lock()

    def engine(self, settings: Settings) -> Engine:
        """What writes answers under these settings; a model is loaded, and a server contacted, with its first question.

        Raises:
            ModelError: The settings name an engine, but not its model, or no address of a server.
        """
        kind = engine_kind(settings)
        if kind == "llama":
            return self._llama(settings)
        if kind == "endpoint":
            return self._endpoint(settings)
        from scholiast_server.models.extractive import ExtractiveEngine

        return ExtractiveEngine()

    def completer(self, settings: Settings) -> LlamaProcess | None:
        """The fill-in-the-middle model of these settings; None where none is set."""
        load = _completing_load(settings)
        return None if load is None else self._process(load, settings.model.idle_s)

    def embedder(self, settings: Settings) -> Embedder | None:
        """What makes vectors under these settings in place of the embedder that is built in; None where none is set.

        A model is loaded, and a server contacted, with the first text that is embedded.

        Raises:
            ModelError: Its file can't be read or holds no embedding model, or its server is not to be contacted.
        """
        kind = embedder_kind(settings)
        if kind == "llama":
            return self._llama_embedder(settings)
        return self._endpoint_embedder(settings) if kind == "endpoint" else None

    def _llama_embedder(self, settings: Settings) -> Embedder:
        from scholiast_server.models.llama.embedder import BACKGROUND_IDLE_S, LlamaEmbedder, describe, loads

        description = describe(settings.embedding.path)
        queries, documents = loads(settings.embedding.path, description, settings.model.threads)
        return LlamaEmbedder(
            description,
            self._process(queries, settings.model.idle_s),
            self._process(documents, BACKGROUND_IDLE_S),
            query_prefix=settings.embedding.query_prefix,
            document_prefix=settings.embedding.document_prefix,
        )

    def _endpoint_embedder(self, settings: Settings) -> Embedder:
        from scholiast_server.errors import ModelError
        from scholiast_server.models.endpoint.embedder import EndpointEmbedder
        from scholiast_server.models.endpoint.memory import users_memory

        client = self._client(settings)
        if settings.endpoint.offline:
            raise ModelError(
                f"endpoint.embedding_model is set, but {client.host} is not asked: endpoint.offline is on."
            )
        return EndpointEmbedder(
            client,
            settings.endpoint.embedding_model,
            users_memory(),
            query_prefix=settings.embedding.query_prefix,
            document_prefix=settings.embedding.document_prefix,
        )

    def keep_only(self, wanted: Iterable[Settings]) -> None:
        """End the models that none of these settings want."""
        wanted = list(wanted)
        accesses = {access(settings) for settings in wanted if settings.endpoint.url}
        loads = {
            load
            for settings in wanted
            for load in (_writing_load(settings), _completing_load(settings), *_embedding_loads(settings))
        }
        with self._changing:
            processes = [self._processes.pop(load) for load in list(self._processes) if load not in loads]
            clients = [self._clients.pop(each) for each in list(self._clients) if each not in accesses]
        for process in processes:
            process.close()
        for client in clients:
            client.close()

    def close(self) -> None:
        """End all models, which gives their memory back."""
        self.keep_only(())

    def _llama(self, settings: Settings) -> Engine:
        from scholiast_server.errors import ModelError
        from scholiast_server.models.llama.engine import LlamaEngine

        load = _writing_load(settings)
        if load is None:
            raise ModelError("answer.engine is llama, but no model is set.\n  Set model.path to a GGUF file.")
        return LlamaEngine(self._process(load, settings.model.idle_s))

    def _endpoint(self, settings: Settings) -> Engine:
        from scholiast_server.models.endpoint.engine import EndpointEngine

        engine = EndpointEngine(
            self._client(settings),
            model=settings.endpoint.model,
            context_tokens=settings.endpoint.context_tokens,
        )
        engine.start()
        return engine

    def _client(self, settings: Settings) -> Client:
        from scholiast_server.errors import ModelError
        from scholiast_server.models.endpoint.client import Client

        if not settings.endpoint.url:
            named = "endpoint.embedding_model" if settings.endpoint.embedding_model else "answer.engine = endpoint"
            raise ModelError(f"{named} is set, but no server.\n  Set endpoint.url, such as http://127.0.0.1:8080/v1.")
        wanted = access(settings)
        with self._changing:
            if wanted not in self._clients:
                self._clients[wanted] = Client(wanted)
            return self._clients[wanted]

    def _process(self, load: Load, idle_s: float) -> LlamaProcess:
        from scholiast_server.models.llama.client import LlamaProcess

        with self._changing:
            if load not in self._processes:
                self._processes[load] = LlamaProcess(load, idle_s=idle_s)
            return self._processes[load]


def engine_kind(settings: Settings) -> EngineKind:
    """What answers will name as their engine, without loading it."""
    if settings.answer.engine != "auto":
        return settings.answer.engine
    if settings.model.path:
        return "llama"
    return "endpoint" if settings.endpoint.url else "extractive"


def embedder_kind(settings: Settings) -> Literal["built in", "llama", "endpoint"]:
    """What makes vectors, without loading it."""
    if settings.embedding.path:
        return "llama"
    return "endpoint" if settings.endpoint.embedding_model else "built in"


def embeds_alike(one: Settings, other: Settings) -> bool:
    """Whether both have vectors made in the same way, so that what is open under the one may go on under the other."""
    if one.embedding != other.embedding or one.endpoint.embedding_model != other.endpoint.embedding_model:
        return False
    return embedder_kind(one) != "endpoint" or access(one) == access(other)


def access(settings: Settings) -> Access:
    """How the server of these settings is reached."""
    from scholiast_server.models.endpoint.address import Access

    chosen = settings.endpoint
    return Access(
        chosen.url,
        key_variable=chosen.key_variable,
        key_command=chosen.key_command,
        timeout_s=chosen.timeout_s,
        offline=chosen.offline,
    )


def model_name(settings: Settings) -> str:
    """The model that answers will name, without loading it; empty where there is none or only its server knows."""
    kind = engine_kind(settings)
    if kind == "endpoint":
        return settings.endpoint.model
    return PurePath(settings.model.path).name if kind == "llama" else ""


def host_name(settings: Settings) -> str:
    """Host and port of the server that is set, without contacting it; empty where there is none, or no such address."""
    from scholiast_server.errors import ModelError
    from scholiast_server.models.endpoint.address import host_of

    try:
        return host_of(settings.endpoint.url) if settings.endpoint.url else ""
    except ModelError:
        return ""


def adapted_model(settings: Settings, task: Task = "ask") -> str:
    """The file of the model that adapters change for a task; empty where no model of llama.cpp does it."""
    if task == "complete":
        return settings.model.fim_path
    return settings.model.path if engine_kind(settings) == "llama" else ""


def _writing_load(settings: Settings) -> Load | None:
    return _load(settings, settings.model.path) if engine_kind(settings) == "llama" else None


def _completing_load(settings: Settings) -> Load | None:
    return _load(settings, settings.model.fim_path)


def _embedding_loads(settings: Settings) -> tuple[Load, ...]:
    from scholiast_server.errors import ModelError
    from scholiast_server.models.llama.embedder import describe, loads

    path = settings.embedding.path
    try:
        return loads(path, describe(path), settings.model.threads) if path else ()
    except ModelError:  # its file is gone, and so is what was made of it
        return ()


def _load(settings: Settings, path: str) -> Load | None:
    from scholiast_server.models.llama.wire import Load

    if not path:
        return None
    return Load(0, path, context_tokens=settings.model.context_tokens, threads=settings.model.threads)
