"""Merges trained tables and writes the model as it ships.

    python benchmarks/embedder/export.py --work-dir DIR --into FOLDER ROWS.npy [ROWS.npy …]

Several tables are put side by side, each at the length its texts have on average, and reduced to the directions in
which the terms of usual texts differ most; then one byte a dimension and one weight a term are kept.
"""

from __future__ import annotations

import argparse
import json
import struct
import sys
from pathlib import Path

import numpy as np
import numpy.typing as npt
from corpus import Corpus
from train import DIMENSION, load_corpus

from scholiast_indexer.embedding.static import UNKNOWN

Table = npt.NDArray[np.float32]


def merged(tables: list[Table], corpus: Corpus, dimension: int = DIMENSION) -> Table:
    """One table for several: their rows side by side, in fewer dimensions."""
    samples = np.random.default_rng(1).permutation(corpus.signed.total)[:8000]
    scaled = [table / np.linalg.norm(_pooled(table, corpus, samples), axis=1).mean() for table in tables]
    wide = np.concatenate(scaled, axis=1)
    pooled = np.concatenate([_unit(_pooled(wide, corpus, samples)), _unit(_texts(wide, corpus, 8000))])
    _, _, directions = np.linalg.svd(pooled, full_matrices=False)
    narrow: Table = (wide @ directions[:dimension].T).astype(np.float32)
    return narrow


def _pooled(table: Table, corpus: Corpus, places: npt.NDArray[np.int64]) -> Table:
    batch = corpus.signed.batch(places)
    sums: Table = np.add.reduceat(table[batch.ids] * batch.weights[:, None], batch.offsets, axis=0)
    return sums


def _texts(table: Table, corpus: Corpus, count: int) -> Table:
    known = np.flatnonzero(corpus.text_bags.sizes > 0)[:count]
    batch = corpus.text_bags.batch(known)
    sums: Table = np.add.reduceat(table[batch.ids] * batch.weights[:, None], batch.offsets, axis=0)
    return sums


def _unit(vectors: Table) -> Table:
    unit: Table = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
    return unit


def write(table: Table, vocabulary: list[str], folder: Path) -> None:
    """The model's files: `model.safetensors`, `tokenizer.json`, `config.json`."""
    folder.mkdir(parents=True, exist_ok=True)
    table[0] = 0.0  # stands for what is not known
    weights = np.abs(table).max(axis=1) / 127
    rows = np.rint(table / np.where(weights > 0, weights, 1)[:, None]).astype(np.int8)
    arrays = {"embeddings": ("I8", rows.tobytes(), rows.shape),
              "weights": ("F32", weights.astype("<f4").tobytes(), weights.shape)}  # fmt: skip
    header, at = {}, 0
    for name, (kind, data, shape) in arrays.items():
        header[name] = {"dtype": kind, "shape": list(shape), "data_offsets": [at, at + len(data)]}
        at += len(data)
    head = json.dumps(header).encode()
    head += b" " * (-len(head) % 8)
    packed = struct.pack("<Q", len(head)) + head + b"".join(data for _, data, _ in arrays.values())
    (folder / "model.safetensors").write_bytes(packed)
    known = {term: row for row, term in enumerate(vocabulary)}
    tokenizer: dict[str, object] = {
        "version": "1.0", "truncation": None, "padding": None, "added_tokens": [], "normalizer": None,
        "pre_tokenizer": {"type": "WhitespaceSplit"}, "post_processor": None, "decoder": None,
        "model": {"type": "WordLevel", "vocab": known, "unk_token": UNKNOWN},
    }  # fmt: skip
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer, separators=(",", ":")), "utf-8")
    config = {"model_type": "model2vec", "architectures": ["StaticModel"], "hidden_dim": table.shape[1],
              "normalize": True, "embedding_dtype": "int8"}  # fmt: skip
    (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n", "utf-8")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rows", type=Path, nargs="+")
    parser.add_argument("--pairs", type=Path, default=Path("pairs"))
    parser.add_argument("--work-dir", type=Path, required=True)
    parser.add_argument("--into", type=Path, required=True)
    arguments = parser.parse_args()
    corpus = load_corpus(arguments.pairs, arguments.work_dir)
    tables = [np.load(path) for path in arguments.rows]
    table = tables[0] if len(tables) == 1 else merged(tables, corpus)
    write(table, corpus.vocabulary, arguments.into)
    size = sum(path.stat().st_size for path in arguments.into.iterdir())
    print(f"{arguments.into}: {len(corpus.vocabulary)} terms, {size} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
