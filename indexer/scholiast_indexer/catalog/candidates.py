"""What ranking needs of every chunk, held in arrays for a process that searches often. Must not know SQL.

A chunk's row never changes under its id and an id is never given twice, so a table stays right whatever is written
later; whether a chunk still belongs to a path is asked elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import numpy.typing as npt

from scholiast_indexer.catalog.rows import CandidateRow

_Numbers = npt.NDArray[np.int64]
_BLOCK_ROWS = 4096
_BLOB, _LINE = 0, 2
"""The columns of blobs and of lines."""


class CandidateTable:
    """Rows of many chunks: some 7 MB for 100,000, a tenth of what they take as Python's values."""

    def __init__(
        self, ids: _Numbers, columns: npt.NDArray[np.int32], words: Sequence[str], lengths: _Numbers, names: bytes
    ) -> None:
        """`columns` are blob, language, line and kind of each chunk, two of them as places in `words`; `names` holds
        the bytes of all names, so many a chunk as `lengths` says."""
        self._ids = ids
        self._columns = columns
        self._words = tuple(words)
        self._ends = np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths)])
        self._names = names

    @classmethod
    def of(cls, rows: Iterable[CandidateRow]) -> CandidateTable:
        """Of rows in the order of their ids.

        Raises:
            ValueError: A value is not of its column's type.
        """
        words: dict[str, int] = {}
        blocks = [_packed(block, words) for block in _blocks(rows)]
        if not blocks:
            return cls(np.empty(0, np.int64), np.empty((4, 0), np.int32), (), np.empty(0, np.int64), b"")
        ids, columns, lengths, names = zip(*blocks, strict=True)
        return cls(
            np.concatenate(ids), np.concatenate(columns, axis=1), [*words], np.concatenate(lengths), b"".join(names)
        )

    def __len__(self) -> int:
        return len(self._ids)

    def blobs(self, chunk_ids: Sequence[int]) -> tuple[dict[int, int], list[int]]:
        """The blob of each of those of these chunks that are held, and the ids of the others."""
        wanted, places, others = self._places(chunk_ids)
        return dict(zip(wanted.tolist(), self._columns[_BLOB, places].tolist(), strict=True)), others

    def descriptions(self, chunk_ids: Sequence[int]) -> tuple[dict[int, tuple[int, str]], list[int]]:
        """Line and names of each of those of these chunks that are held, and the ids of the others."""
        wanted, places, others = self._places(chunk_ids)
        names = self._names
        columns = (wanted, self._columns[_LINE, places], self._ends[places], self._ends[places + 1])
        found = {
            chunk_id: (line, names[start:end].decode())
            for chunk_id, line, start, end in zip(*(column.tolist() for column in columns), strict=True)
        }
        return found, others

    def rows(self, chunk_ids: Sequence[int]) -> tuple[list[CandidateRow], list[int]]:
        """Rows of those of these chunks that are held, and the ids of the others."""
        wanted, places, others = self._places(chunk_ids)
        words, names = self._words, self._names
        columns = (wanted, *self._columns[:, places], self._ends[places], self._ends[places + 1])
        rows = [
            CandidateRow(chunk_id, blob_id, words[language], line, words[kind], names[start:end].decode())
            for chunk_id, blob_id, language, line, kind, start, end in zip(*(c.tolist() for c in columns), strict=True)
        ]
        return rows, others

    def _places(self, chunk_ids: Sequence[int]) -> tuple[_Numbers, npt.NDArray[np.intp], list[int]]:
        """Ids of those that are held, where they lie, and the ids of the others."""
        wanted = np.fromiter(chunk_ids, dtype=np.int64, count=len(chunk_ids))
        places = np.searchsorted(self._ids, wanted)
        if not len(self._ids):
            return wanted[:0], places[:0], wanted.tolist()
        places = np.minimum(places, len(self._ids) - 1)
        held = self._ids[places] == wanted
        return wanted[held], places[held], wanted[~held].tolist()


def _packed(
    block: Sequence[CandidateRow], words: dict[str, int]
) -> tuple[_Numbers, npt.NDArray[np.int32], _Numbers, bytes]:
    """Ids, columns, lengths of the names and the names of a block; languages and kinds become numbers of `words`."""
    try:
        ids, blobs, languages, lines, kinds, defines = zip(*block, strict=True)
        names = [text.encode() for text in defines]
        coded = ([words.setdefault(word, len(words)) for word in column] for column in (languages, kinds))
        language_codes, kind_codes = coded
        columns = np.array([blobs, language_codes, lines, kind_codes], dtype=np.int32)
        return np.array(ids, dtype=np.int64), columns, np.array([*map(len, names)], dtype=np.int64), b"".join(names)
    except (AttributeError, TypeError, OverflowError) as error:
        raise ValueError(f"a row has a value of another type: {error}") from error


def _blocks(rows: Iterable[CandidateRow]) -> Iterator[list[CandidateRow]]:
    """So that few rows are Python's values at a time."""
    block: list[CandidateRow] = []
    for row in rows:
        block.append(row)
        if len(block) == _BLOCK_ROWS:
            yield block
            block = []
    if block:
        yield block
