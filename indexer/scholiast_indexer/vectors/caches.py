"""The two cache files of vectors: written by rename, read only when every byte is as written. Must not know SQLite.

A checked file is a magic word, the CRC-32 of the rest, the length of its head (4 bytes each, little-endian), the head
as msgpack, and the body.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

import msgspec
import numpy as np

from scholiast_indexer.storage import os_errors_in_words
from scholiast_indexer.vectors.graph import Graph, GraphContent
from scholiast_indexer.vectors.matrix import VectorMatrix

MATRIX_NAME = "vectors.bin"
GRAPH_NAME = "graph.bin"
GRAPH_STAMP_NAME = "graph.stamp"
_MAGIC = b"scholiast-vectors-3\n"

Head = TypeVar("Head", bound=msgspec.Struct)


class Origin(msgspec.Struct, frozen=True):
    """What a cache was made from."""

    catalog: str
    """Identity of the catalog."""
    fingerprint: str
    """Of the model."""
    dimension: int


class _MatrixHead(msgspec.Struct, frozen=True):
    origin: Origin
    generation: int
    count: int


class _GraphHead(msgspec.Struct, frozen=True):
    origin: Origin
    generation: int
    digest: bytes
    content: GraphContent


class CacheFiles:
    """The cache files in one folder. Each knows the generation of the catalog it was made from.

    One from a later generation than the catalog's was made from writes that the catalog has lost: it is deleted, for
    the ids in it will be given again.
    """

    def __init__(self, directory: Path, origin: Origin, key: Callable[[], bytes]) -> None:
        """`key` gives what signs a graph: hnswlib was not made to read what someone else wrote, to do harm."""
        self._directory = directory
        self._origin = origin
        self._key = key

    def read_matrix(self, generation: int) -> VectorMatrix | None:
        """The matrix, or None when there is none for this catalog and model. Raises ValueError when it is damaged."""
        read = _read_checked(self._directory / MATRIX_NAME, _MatrixHead)
        if read is None:
            return None
        head, body = read
        if head.origin != self._origin or head.generation > generation:
            (self._directory / MATRIX_NAME).unlink(missing_ok=True)
            return None
        dimension = self._origin.dimension
        if len(body) != head.count * (8 + 4 + dimension):
            raise ValueError("the vector cache has another size")
        ids = np.frombuffer(body, dtype="<i8", count=head.count)
        scales = np.frombuffer(body, dtype="<f4", count=head.count, offset=8 * head.count)
        rows = np.frombuffer(body, dtype=np.int8, offset=12 * head.count).reshape(head.count, dimension)
        return VectorMatrix.from_rows(ids.copy(), rows, scales.copy())

    def write_matrix(self, matrix: VectorMatrix, generation: int) -> None:
        """Raises StorageError."""
        head = _MatrixHead(self._origin, generation, len(matrix))
        arrays = (matrix.ids.astype("<i8"), matrix.scales.astype("<f4"), *matrix.parts)
        body = [array.data.cast("B") for array in arrays if len(array)]
        _write_checked(self._directory / MATRIX_NAME, head, body)

    def read_graph(self, generation: int) -> Graph | None:
        """The graph, or None as for the matrix. Raises ValueError when it is damaged."""
        path = self._directory / GRAPH_NAME
        read = _read_checked(self._directory / GRAPH_STAMP_NAME, _GraphHead)
        if read is None or not path.is_file():
            return None
        head, _ = read
        if head.origin != self._origin or head.generation > generation:
            self.remove_graph()
            return None
        if _digest(path, self._key()) != head.digest:
            raise ValueError("the vector graph has changed")
        try:
            return Graph.load(path, head.content, self._origin.dimension)
        except RuntimeError as error:
            raise ValueError("the vector graph can't be read") from error

    def write_graph(self, graph: Graph, generation: int) -> None:
        """The stamp last: without it, or with another graph's, the graph does not count. Raises StorageError."""
        path = self._directory / GRAPH_NAME
        temporary = path.with_name(f"{GRAPH_NAME}.new")
        with os_errors_in_words(self._directory):
            try:
                content = graph.save(temporary)
            except RuntimeError as error:  # hnswlib says "Cannot open file" or nothing of the disk
                raise OSError(str(error)) from error
            head = _GraphHead(self._origin, generation, _digest(temporary, self._key()), content)
            (self._directory / GRAPH_STAMP_NAME).unlink(missing_ok=True)
            temporary.replace(path)
        _write_checked(self._directory / GRAPH_STAMP_NAME, head, [])

    def remove_graph(self) -> None:
        """Delete the graph."""
        for name in (GRAPH_STAMP_NAME, GRAPH_NAME):
            (self._directory / name).unlink(missing_ok=True)


def remove_cache_files(directory: Path) -> None:
    """Delete all of them, half-written ones too."""
    for name in (MATRIX_NAME, GRAPH_STAMP_NAME, GRAPH_NAME):
        (directory / name).unlink(missing_ok=True)
        (directory / f"{name}.new").unlink(missing_ok=True)


def _write_checked(path: Path, head: msgspec.Struct, body: Sequence[memoryview]) -> None:
    packed = msgspec.msgpack.encode(head)
    parts: list[bytes | memoryview] = [len(packed).to_bytes(4, "little"), packed, *body]
    checksum = 0
    for part in parts:
        checksum = zlib.crc32(part, checksum)
    temporary = path.with_name(f"{path.name}.new")
    with os_errors_in_words(path.parent):
        try:
            with temporary.open("wb") as file:
                file.writelines([_MAGIC, checksum.to_bytes(4, "little"), *parts])
            temporary.replace(path)
        except OSError:
            temporary.unlink(missing_ok=True)  # a full disk needs the room
            raise


def _read_checked(path: Path, kind: type[Head]) -> tuple[Head, memoryview] | None:
    """Head and body; None when there is no such file. Raises ValueError when a byte is not as written."""
    try:
        data = memoryview(path.read_bytes())
    except OSError:
        return None
    start = len(_MAGIC) + 8
    if bytes(data[: len(_MAGIC)]) != _MAGIC or zlib.crc32(data[start - 4 :]) != _number(data[start - 8 : start - 4]):
        raise ValueError(f"{path.name} has changed")
    end = start + _number(data[start - 4 : start])
    return msgspec.msgpack.decode(data[start:end], type=kind), data[end:]


def _number(data: memoryview) -> int:
    return int.from_bytes(data, "little")


def _digest(path: Path, key: bytes) -> bytes:
    """Keyed BLAKE2b of a file: hnswlib crashes on a wrong one, so more than a CRC."""
    digest = hashlib.blake2b(digest_size=16, key=key)
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.digest()
