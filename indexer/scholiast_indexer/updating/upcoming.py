"""The embedder that follows behind, as the front door holds it. Must not know how it is followed.

What embeds is loaded only when it is asked to: a search needs none of it.
"""

from __future__ import annotations

from collections.abc import Callable

from scholiast_indexer.embedding import Embedder, ask, is_known
from scholiast_indexer.errors import EmbedderError, IndexBusyError
from scholiast_indexer.stores.keeper import Keeper
from scholiast_indexer.updating.telling import ProgressCallback, Teller


class Upcoming:
    """An embedder that follows behind, or none, and why it does not get on."""

    def __init__(self, embedder: Embedder | None, level: Embedder) -> None:
        """`level` is the embedder that every update embeds with."""
        self._embedder = embedder
        self._level = level
        self.problem = ""
        """Why it could do nothing the last time it was asked to."""

    def known(self) -> Embedder | None:
        """The embedder once it says what it is, which one behind a network can't before it was asked."""
        embedder = self._embedder
        if embedder is None or not is_known(embedder) or _named(embedder) == _named(self._level):
            return None
        return embedder

    def embed(
        self, keeper: Keeper, progress: ProgressCallback | None, cancelled: Callable[[], bool], at_most: int | None
    ) -> bool:
        """See `Index.embed_upcoming`."""
        self.problem = ""
        if self._embedder is None:
            return True
        from scholiast_indexer.updating.following import follow

        try:
            ask(self._embedder)
            embedder = self.known()
            if embedder is None:
                return True
            keeper.expect(embedder)
            return follow(keeper, embedder, Teller(progress), cancelled, at_most)
        except EmbedderError as error:
            self.problem = str(error)
        except IndexBusyError:
            self.problem = f"another process is at work on the vectors of {self._embedder.fingerprint}"
        return False


def _named(embedder: Embedder) -> tuple[str, int]:
    return embedder.fingerprint, embedder.dimension
