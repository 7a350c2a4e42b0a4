"""Vectors of a model that a server runs. Must not know connections, chunks or storage."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from hashlib import blake2b

import numpy as np
import numpy.typing as npt

from scholiast_indexer.errors import EmbedderError
from scholiast_server.errors import ModelError
from scholiast_server.models.endpoint.client import Client
from scholiast_server.models.endpoint.faults import Fault
from scholiast_server.models.endpoint.limits import EMBED_TEXTS_MAX, WINDOW_CHARACTERS, WINDOW_CHARACTERS_MIN
from scholiast_server.models.endpoint.memory import Known, Memory
from scholiast_server.models.endpoint.windows import RULE, windows
from scholiast_server.models.llama.windows import joined
from scholiast_server.models.prefixes import AUTO, Prefixes, prefixes_of
from scholiast_server.models.resting import Rest

Vectors = npt.NDArray[np.float32]

NAME_CHARS_MAX = 40
_PROBE = "def total_price(self, items: list[Item]) -> Decimal:\n    return sum(item.price for item in items)\n\n\n"
"""Its vector tells one model from another; over and over, it tells how much code is taken at once."""


class EndpointEmbedder:
    """An embedding model behind a server, for any threads. It satisfies `scholiast_indexer.embedding.Embedder`.

    What it is, its length of vectors among it, only the server knows: it is known once it was asked (`ask`), here or
    in a process before.
    """

    def __init__(
        self,
        client: Client,
        model: str,
        memory: Memory,
        *,
        query_prefix: str = AUTO,
        document_prefix: str = AUTO,
    ) -> None:
        """
        Args:
            client: Of the server.
            model: As the server calls it.
            memory: Of models that were asked before.
            query_prefix: What a query begins with; `auto` is what the model is known to want.
            document_prefix: What a document begins with.
        """
        self._client = client
        self._model = model
        self._memory = memory
        self._prefixes = prefixes_of(model, "", query_prefix, document_prefix)
        self._key = f"{client.host} {model}"
        self._known = memory.recall(self._key)
        self._is_confirmed = False
        """Whether the server has been asked since it was last away: another model may run there now."""
        self._rest = Rest()

    @property
    def name(self) -> str:
        """The model, as the server calls it, and where: code is sent there."""
        return f"{self._model} at {self._client.host}"

    @property
    def prefixes(self) -> Prefixes:
        return self._prefixes

    @property
    def is_known(self) -> bool:
        """Whether `fingerprint` and `dimension` can be told."""
        return self._known is not None

    @property
    def fingerprint(self) -> str:
        """The name for people, and a digest of what decides on the vectors of documents. Raises EmbedderError."""
        known = self._told()
        plain = re.sub(r"[^a-z0-9]+", "-", self._model.lower()).strip("-")[:NAME_CHARS_MAX]
        rule = (self._model, self._prefixes.document, RULE, known.window_characters, known.dimension, known.digest)
        return f"{plain}-endpoint-{blake2b(repr(rule).encode('utf-8', 'replace'), digest_size=8).hexdigest()}"

    @property
    def dimension(self) -> int:
        """See `Embedder`. Raises EmbedderError."""
        return self._told().dimension

    def ask(self) -> None:
        """Ask the server what the model is, unless it was asked already and answered ever since.

        Raises:
            EmbedderError: It can't be reached, does not embed, or another model answers than before.
        """
        if self._is_confirmed:
            return
        try:
            vector = self._embedded([_PROBE], self._prefixes.document, is_urgent=True)[0]
            if self._known is None:
                self._known = Known(self._window_characters(), tuple(map(float, vector)))
                self._memory.remember(self._key, self._known)
        except EmbedderError as error:
            self._rest.begin(str(error))
            raise
        if not self._known.is_same(vector):
            self._memory.forget(self._key)
            message = (
                f"another model answers than before as {self.name}: its vectors can't be compared.\n"
                "  Start Scholiast again to embed anew with it, or have the server run the one from before."
            )
            self._rest.begin(message, math.inf)
            raise EmbedderError(message)
        self._is_confirmed = True
        self._rest.end()

    def start(self) -> None:
        """Begin to load what the first request would wait for, without contacting anything."""
        self._client.start()

    def documents(self, texts: Sequence[str]) -> Vectors:
        """See `Embedder`; a text of any length gets one vector.

        Raises:
            EmbedderError: The server can't be reached, fails, or gives what can't be used.
        """
        return self._of_any_length(texts, self._prefixes.document)

    def query(self, text: str) -> Vectors:
        """See `Embedder`. Raises as `documents` does, soon, and for a while after a failure at once."""
        self._rest.check()
        self.ask()
        try:
            vector: Vectors = self._of_any_length([text], self._prefixes.query, is_urgent=True)[0]
        except EmbedderError as error:
            self._rest.begin(str(error))
            raise
        return vector

    def close(self) -> None:
        """End whatever is under way."""
        self._client.close()

    def _told(self) -> Known:
        if self._known is None:
            raise EmbedderError(f"the embedding model {self.name} was not asked yet what it is")
        return self._known

    def _window_characters(self) -> int:
        """How many characters of code the server takes as one text."""
        room = WINDOW_CHARACTERS
        while room > WINDOW_CHARACTERS_MIN:
            try:
                self._client.embed(self._model, [self._prefixes.document + _repeated(room)], is_urgent=True)
                break
            except Fault as fault:
                if fault.kind != "too_long":
                    raise self._error(fault) from None
                room //= 2
        return room

    def _of_any_length(self, texts: Sequence[str], prefix: str, *, is_urgent: bool = False) -> Vectors:
        room = self._told().window_characters
        cut = [(place, window) for place, text in enumerate(texts) if text.strip() for window in windows(text, room)]
        rows = np.zeros((len(cut), self.dimension), np.float32)
        for start in range(0, len(cut), EMBED_TEXTS_MAX):
            batch = [window for _, window in cut[start : start + EMBED_TEXTS_MAX]]
            made = self._embedded(batch, prefix, is_urgent=is_urgent)
            if made.shape[1] != self.dimension:
                self._is_confirmed = False
                raise EmbedderError(
                    f"the embedding model {self.name} gives {made.shape[1]} numbers a vector; it gave {self.dimension}"
                )
            rows[start : start + len(batch)] = made
        return joined(rows, [place for place, _ in cut], [len(window) for _, window in cut], len(texts))

    def _embedded(self, texts: list[str], prefix: str, *, is_urgent: bool = False) -> Vectors:
        """Of unit length, one for each window. Raises EmbedderError."""
        try:
            rows = self._rows(texts, prefix, is_urgent=is_urgent)
        except Fault as fault:
            self._is_confirmed = False
            raise self._error(fault) from None
        except ModelError as error:  # no key
            raise EmbedderError(f"the embedding model {self.name}: {error}") from None
        return joined(rows, range(len(texts)), [1] * len(texts), len(texts))

    def _rows(self, texts: list[str], prefix: str, *, is_urgent: bool) -> Vectors:
        """What the server finds too much is sent in halves: of the texts, then of a text."""
        try:
            return self._client.embed(self._model, [prefix + text for text in texts], is_urgent=is_urgent)
        except Fault as fault:
            if fault.kind != "too_long" or (len(texts) == 1 and len(texts[0]) <= WINDOW_CHARACTERS_MIN):
                raise
        if len(texts) > 1:
            middle = len(texts) // 2
            halves = (texts[:middle], texts[middle:])
            return np.concatenate([self._rows(half, prefix, is_urgent=is_urgent) for half in halves])
        parts = windows(texts[0], -(-len(texts[0]) // 2))
        lengths = [len(part) for part in parts]
        return joined(self._rows(parts, prefix, is_urgent=is_urgent), [0] * len(parts), lengths, 1)

    def _error(self, fault: Fault) -> EmbedderError:
        return EmbedderError(f"the embedding model {self.name}: {self._client.explained(fault, self._model)}")


def _repeated(characters: int) -> str:
    return (_PROBE * (characters // len(_PROBE) + 1))[:characters]
