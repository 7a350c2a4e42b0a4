"""Chooses the weights of ranking on labelled queries, and says how much of it holds on repositories left out.

    python benchmarks/tuning.py --queries dev.jsonl --repos-dir DIR [--cosqa DIR] --work-dir DIR [--model FOLDER]
        [--embedding FILE.gguf] [--scopes root,cosqa] [--folds N] [--ablation] [--check]

Each weight in turn takes the value of its grid that is best for the mean of three measures (NDCG@10 of scope `root`, of
scope `full`, of CoSQA), until none changes. With `--folds` the same is done without a fold's repositories and
questions, which are then measured with weights that never saw them. `--ablation` leaves out one signal at a time.
Indexes are kept in the work folder.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import pickle
import sys
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec
import numpy as np
import numpy.typing as npt
from embedders import embedded
from judged import Asked, Floats, Trial, Workspace, collect, workspaces

from scholiast_indexer.embedding import Embedder
from scholiast_indexer.index import Index, shipped_embedder
from scholiast_indexer.search.ranking import rank
from scholiast_indexer.search.signals import TRAINED_WEIGHTS, Weights

GRIDS: dict[str, tuple[float | None, ...]] = {
    "dense_floor": (None, 0.0, 0.3),
    "dense_sentence": (0.0, 0.15, 0.3, 0.45, 0.6, 0.8, 1.0, 1.25, 1.5, 2.0, 2.5),
    "dense_unnamed": (0.6, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0),
    "dense_symbol": (0.0, 0.15, 0.3, 0.5, 0.7, 1.0, 1.5),
    "path": (0.0, 0.4, 0.8, 1.2, 1.5, 1.75, 2.0, 2.5),
    "definition": (0.0, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0),
    "reexport": (0.0, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8),
    "message": (0.0, 1.0, 2.0, 2.5, 3.0, 4.0),
    "importance": (0.0, 0.25, 0.5, 0.75, 1.0, 1.3, 1.6),
    "coherence": (0.0, 0.2, 0.4, 0.6, 0.8, 1.0, 1.3),
    "saturation": (0.1, 0.2, 0.3, 0.4, 0.5, 0.7, 1.0),
    "test": (0.2, 0.35, 0.5, 0.7, 1.0),
    "test_named": (0.35, 0.5, 0.6, 0.8, 1.0),
    "example": (0.2, 0.35, 0.5, 0.7, 1.0),
    "document": (0.1, 0.2, 0.3, 0.5, 0.7, 1.0),
    "older": (0.4, 0.6, 0.8, 1.0),
}
OFF: dict[str, float | None] = {
    "dense_floor": None,
    "saturation": 1.0,
    "test": 1.0,
    "test_named": 1.0,
    "example": 1.0,
    "document": 1.0,
    "older": 1.0,
}
"""Values at which a signal says nothing, where that is not 0."""
SCOPES = ("root", "full", "cosqa")
GAIN_MIN = 1e-4
DRAWS = 2_000


def measures(trial: Trial, scores: Floats, among: npt.NDArray[np.bool_]) -> dict[str, float]:
    """The mean of each scope, over repositories, of the questions in `among`."""
    found = {}
    for scope in SCOPES:
        chosen = among & (trial.scopes == scope)
        groups = np.unique(trial.groups[chosen])
        if len(groups):
            found[scope] = float(np.mean([scores[chosen & (trial.groups == group)].mean() for group in groups]))
    return found


def objective(trial: Trial, weights: Weights, among: npt.NDArray[np.bool_]) -> float:
    return float(np.mean(list(measures(trial, trial.ndcg(weights), among).values())))


def tuned(trial: Trial, weights: Weights, among: npt.NDArray[np.bool_], rounds: int = 3) -> Weights:
    """The best weights that one step at a time finds."""
    best = objective(trial, weights, among)
    for _ in range(rounds):
        before = best
        for name, grid in GRIDS.items():
            for value in grid:
                tried = msgspec.structs.replace(weights, **{name: value})
                score = objective(trial, tried, among) if value != getattr(weights, name) else best
                if score > best + GAIN_MIN:
                    best, weights = score, tried
        if best <= before + GAIN_MIN:
            break
    return weights


def fold_of(group: str, text: str, folds: int) -> int:
    """Repositories are left out whole; of CoSQA, questions."""
    return zlib.crc32((text if group == "cosqa" else group).encode()) % folds


def cross_validated(trial: Trial, start: Weights, folds: int) -> Floats:
    """NDCG@10 of each question with weights chosen without its fold."""
    fold = np.array([fold_of(one.workspace, one.question.text, folds) for one in trial.asked])
    scores = np.zeros(len(fold))
    for held in range(folds):
        weights = tuned(trial, start, fold != held)
        scores[fold == held] = trial.ndcg(weights)[fold == held]
        print(f"fold {held}: {_changes(weights, start)}", flush=True)
    return scores


def interval(trial: Trial, difference: Floats, scope: str) -> tuple[float, float]:
    """95 % of a mean difference, by drawing questions within repositories anew (paired bootstrap)."""
    draw = np.random.default_rng(1)
    chosen = trial.scopes == scope
    parts = [difference[chosen & (trial.groups == group)] for group in np.unique(trial.groups[chosen])]
    means = np.mean([part[draw.integers(0, len(part), (DRAWS, len(part)))].mean(axis=1) for part in parts], axis=0)
    return float(np.quantile(means, 0.025)), float(np.quantile(means, 0.975))


def recall(trial: Trial, weights: Weights) -> float:
    """The share of targets among the first ten, over repositories of scope `root`."""
    shares = np.array([np.mean([rank is not None for rank in row]) for row in trial.ranks(weights)], dtype=np.float64)
    return measures(trial, shares, trial.scopes == "root")["root"]


def ablation(trial: Trial, weights: Weights) -> str:
    """What each signal adds to the rest."""
    full = trial.ndcg(weights)
    scopes = [scope for scope in SCOPES if scope in trial.scopes]
    rows = ["| signal left out | " + " | ".join(scopes) + " |", "|---|" + "---|" * len(scopes)]
    for name in GRIDS:
        without = trial.ndcg(msgspec.structs.replace(weights, **{name: OFF.get(name, 0.0)}))
        cells = []
        for scope in scopes:
            change = measures(trial, without - full, trial.scopes == scope).get(scope, 0.0)
            low, high = interval(trial, without - full, scope)
            cells.append(f"{change:+.4f} [{low:+.4f}, {high:+.4f}]")
        rows.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(rows)


def check(trial: Trial, weights: Weights) -> int:
    """How many questions of every scope `rank` orders otherwise than the arrays do."""
    order, _ = trial.order(weights)
    differing = start = 0
    for one in trial.asked:
        end = start + len(one.candidates)
        expected = [one.candidates[at - start].find.chunk_id for at in order[start:end][:10]]
        ranked = rank(one.query, one.pool, one.word_weights, weights, 10, importance=one.of)
        found = [item.find.chunk_id for item in ranked]
        differing += expected != found
        start = end
    return differing


def collected(arguments: argparse.Namespace, embedder: Embedder, weights: Weights) -> list[Asked]:
    """Of every workspace; kept until the embedder, the fields' weights or the code that searches are others."""
    code = b"".join(file.read_bytes() for file in _code_that_searches())
    digest = hashlib.blake2b(code, digest_size=4).hexdigest()
    model = f"-{arguments.embedding.stem}" if arguments.embedding else ""
    chosen = "-".join(arguments.scopes)
    key = f"{embedder.fingerprint}{model}-{weights.names_sentence:g}-{weights.names_symbol:g}-{chosen}-{digest}"
    path: Path = arguments.work_dir / f"asked-{key}.pickle"
    if not path.exists():
        arguments.work_dir.mkdir(parents=True, exist_ok=True)
        found: list[Asked] = []
        for workspace in workspaces(arguments.queries, arguments.repos_dir, arguments.cosqa, arguments.work_dir):
            if workspace.scope in arguments.scopes:
                with _indexed(workspace, arguments, embedder) as index:
                    found += collect(workspace, index, weights)
        path.write_bytes(pickle.dumps(found))
    asked: list[Asked] = pickle.loads(path.read_bytes())
    return asked


def _code_that_searches() -> list[Path]:
    search = Path(rank.__code__.co_filename).parent
    return [file for folder in (search, search.parent / "embedding") for file in sorted(folder.glob("*.py"))]


@contextlib.contextmanager
def _indexed(workspace: Workspace, arguments: argparse.Namespace, embedder: Embedder) -> Iterator[Index]:
    """The index of a folder, up to date."""
    name = f"{workspace.scope}-{workspace.name}"
    if arguments.embedding:
        with embedded(workspace.folder, name, arguments) as made:
            yield made.open_index
        return
    with Index.open(workspace.folder, embedder, directory=arguments.work_dir / name) as index:
        index.update()
        index.warm()
        yield index


def _changes(weights: Weights, start: Weights) -> str:
    names: Iterable[str] = weights.__struct_fields__
    return (
        ", ".join(f"{n}={getattr(weights, n):g}" for n in names if getattr(weights, n) != getattr(start, n))
        or "as before"
    )


def _line(trial: Trial, scores: Floats) -> str:
    every = np.ones(len(scores), bool)
    by_scope = measures(trial, scores, every)
    root = trial.scopes == "root"
    kinds = {
        kind: float(scores[root & (trial.categories == kind)].mean()) for kind in np.unique(trial.categories[root])
    }
    parts = [f"{name} {value:.4f}" for name, value in by_scope.items()] + [f"{k} {v:.3f}" for k, v in kinds.items()]
    return "  ".join(parts)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--queries", type=Path, required=True)
    parser.add_argument("--repos-dir", type=Path, required=True)
    parser.add_argument("--cosqa", type=Path)
    parser.add_argument("--work-dir", type=Path, required=True)
    parser.add_argument("--model", type=Path, help="a model to try in place of the one that ships")
    parser.add_argument("--embedding", type=Path, metavar="FILE.gguf", help="a model to search with beside it")
    parser.add_argument("--scopes", type=lambda text: text.split(","), default=SCOPES, help="of root, full, cosqa")
    parser.add_argument("--folds", type=int, default=0)
    parser.add_argument("--ablation", action="store_true")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--keep", action="store_true", help="measure the weights as they are")
    arguments = parser.parse_args()
    embedder = shipped_embedder()
    if arguments.model:
        from scholiast_indexer.embedding.static import StaticEmbedder

        embedder = StaticEmbedder(arguments.model)
    start = TRAINED_WEIGHTS if arguments.embedding else Weights.of(embedder)
    trial = Trial(collected(arguments, embedder, start))
    print(f"as they are: {_line(trial, trial.ndcg(start))}", flush=True)
    if arguments.check:
        print(f"{check(trial, start)} of {len(trial.asked)} questions are ranked otherwise by the product")
    if "root" in arguments.scopes:
        print(f"recall@10 of scope root: {recall(trial, start):.4f}")
    weights = start if arguments.keep else tuned(trial, start, np.ones(len(trial.asked), bool))
    if not arguments.keep:
        print(f"tuned: {_line(trial, trial.ndcg(weights))}\n  {_changes(weights, start)}", flush=True)
    if arguments.folds:
        scores = cross_validated(trial, start, arguments.folds)
        print(f"left out of {arguments.folds} folds: {_line(trial, scores)}")
        for scope in arguments.scopes:
            print(
                f"  {scope} against the weights as they are: %+.4f, %+.4f"
                % interval(trial, scores - trial.ndcg(start), scope)
            )
    if arguments.ablation:
        print(ablation(trial, weights))
    return 0


if __name__ == "__main__":
    sys.exit(main())
