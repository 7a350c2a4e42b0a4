"""Indexes a folder with semble as one whole process, for `cold_index.py`. Must not know Scholiast.

    python benchmarks/peer_semble.py FOLDER --model MODEL_FOLDER [--without-vectors]
    python benchmarks/peer_semble.py FOLDER --make-model MODEL_FOLDER

semble's own model can't be downloaded where there is no network, so `--make-model` makes one of its shape: a WordPiece
tokenizer of 30,000 pieces learnt from the code, and a table of random vectors with 256 dimensions. The time to embed
depends on the shape alone.
"""

from __future__ import annotations

import argparse
import json
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

PIECES = 30_000
DIMENSION = 256


def index(folder: Path, model: Path, *, with_vectors: bool) -> dict[str, Any]:
    """Build an index in memory; semble keeps none on disk when its Python API is called."""
    if not with_vectors:
        _leave_out_vectors()
    built = import_module("semble.index.index").SembleIndex.from_path(folder, model_path=str(model))
    return {"files": built.stats.indexed_files, "chunks": built.stats.total_chunks}


def _leave_out_vectors() -> None:
    numpy, create = import_module("numpy"), import_module("semble.index.create")

    def zeros(model: Any, chunks: list[Any]) -> Any:
        return numpy.full((len(chunks), model.dim), 1 / 16, dtype=numpy.float32)

    vars(create)["embed_chunks"] = zeros


def make_model(folder: Path, target: Path) -> None:
    """A static model that knows the words of the code below `folder`."""
    numpy, tokenizers = import_module("numpy"), import_module("tokenizers")
    tokenizer = tokenizers.Tokenizer(tokenizers.models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = tokenizers.normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = tokenizers.pre_tokenizers.BertPreTokenizer()
    trainer = tokenizers.trainers.WordPieceTrainer(
        vocab_size=PIECES, special_tokens=["[PAD]", "[UNK]"], show_progress=False
    )
    files = [str(path) for path in folder.rglob("*") if path.is_file()]
    tokenizer.train_from_iterator((Path(file).read_text("utf-8", "replace") for file in files), trainer)
    table = numpy.random.default_rng(7).standard_normal((tokenizer.get_vocab_size(), DIMENSION))
    model = import_module("model2vec").StaticModel(table.astype(numpy.float32), tokenizer, normalize=True)
    model.save_pretrained(target)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--model", type=Path, help="the model to embed with")
    parser.add_argument("--without-vectors", action="store_true", help="BM25 alone: nothing is embedded")
    parser.add_argument("--make-model", type=Path, metavar="FOLDER", help="make a model and stop")
    arguments = parser.parse_args()
    if arguments.make_model is not None:
        make_model(arguments.folder, arguments.make_model)
    elif arguments.model is not None:
        print(json.dumps(index(arguments.folder, arguments.model, with_vectors=not arguments.without_vectors)))
    else:
        parser.error("one of --model and --make-model is needed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
