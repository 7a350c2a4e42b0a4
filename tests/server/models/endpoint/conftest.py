"""A server that answers as it is told to, and clients of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from tests.server.models.endpoint.scripted import ScriptedServer

from scholiast_server.models.endpoint.address import Access
from scholiast_server.models.endpoint.client import Client
from scholiast_server.models.endpoint.retry import Patience

QUICK = Patience(attempts=3, first_s=0.01, longest_s=0.02, asked_s_max=0.5)
NAME_OF_KEY = "TEST_ENDPOINT_KEY"

MakeClient = Callable[..., Client]


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer() as server:
        yield server


@pytest.fixture
def make_client(server: ScriptedServer) -> Iterator[MakeClient]:
    """Makes clients of the server, which are closed at the end."""
    made: list[Client] = []

    def make(
        *,
        url: str = "",
        patience: Patience = QUICK,
        timeout_s: float = 20,
        offline: bool = False,
        key_command: str = "",
        environment: dict[str, str] | None = None,
    ) -> Client:
        access = Access(url or server.url, NAME_OF_KEY, key_command=key_command, timeout_s=timeout_s, offline=offline)
        made.append(Client(access, patience=patience, environment=environment or {}))
        return made[-1]

    yield make
    for client in made:
        client.close()


@pytest.fixture
def client(make_client: MakeClient) -> Client:
    return make_client()
