"""Trains the table.

    python benchmarks/embedder/train.py --pairs DIR --work-dir DIR [--kind joint|contrastive]
        [--steps N] [--first-steps N] [--seed N] [--taught N]

`contrastive` learns to tell a body by its doc comment; `joint` learns the teacher's vectors of sentences beside that.
One thread: two on a busy machine take six times the processor's time.
"""

from __future__ import annotations

import argparse
import json
import math
import pickle
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from bags import Batch, Ints, joined
from corpus import VOCABULARY_SIZE, Corpus, make
from torch.nn import functional

DIMENSION = 256
BATCH = 1024
RATE = 0.02
DROPOUT = 0.15
SHAPED_SHARE = {True: 0.5, False: 0.25}
"""Of comments asked as questions, with the teacher and without."""
TAUGHT = 268_000
"""Texts that the teacher embeds."""
_TAUGHT_AT_ONCE = 8_000
_ASKED_MIN = 32
"""Questions of a batch from which they are held against its code."""
_TEMPERATURE = 0.05
_TEACHER_TEMPERATURE = 0.05


class Table(torch.nn.Module):  # type: ignore[misc]  # torch may not be there to be checked against
    """A vector a term, and what maps a text's vector to the teacher's."""

    def __init__(self, start: torch.Tensor, teacher_dimension: int = 384) -> None:
        super().__init__()
        self.rows = torch.nn.Parameter(start)
        self.scale = torch.nn.Parameter(torch.tensor(math.log(1 / _TEMPERATURE)))
        self.to_teacher = torch.nn.Parameter(torch.randn(start.shape[1], teacher_dimension) / math.sqrt(start.shape[1]))

    def forward(self, batch: Batch, dropout: float) -> torch.Tensor:
        """Unit vectors of texts; with dropout some terms, drawn at random, weigh nothing."""
        weights = torch.from_numpy(batch.weights)
        if dropout:
            weights = weights * (torch.rand(len(weights)) >= dropout)
        ids, offsets = torch.from_numpy(batch.ids), torch.from_numpy(batch.offsets)
        pooled = functional.embedding_bag(ids, self.rows, offsets, mode="sum", per_sample_weights=weights)
        return functional.normalize(pooled, dim=1)


def start_rows(corpus: Corpus, generator: torch.Generator) -> torch.Tensor:
    """Random directions, as long as a term is rare."""
    count = np.bincount(corpus.signed.ids, minlength=len(corpus.vocabulary))
    count += np.bincount(corpus.text_bags.ids, minlength=len(corpus.vocabulary))
    rarity = np.log((corpus.signed.total + corpus.text_bags.total + 1) / (count + 1)).clip(0.1)
    rows = functional.normalize(torch.randn(len(corpus.vocabulary), DIMENSION, generator=generator), dim=1)
    return rows * torch.from_numpy(rarity.astype(np.float32))[:, None] * 0.3


class Sampler:
    """Batches of pairs: half of each from three packages, so that what is near each other is told apart."""

    def __init__(self, corpus: Corpus, usable: Ints, seed: int) -> None:
        self._draw = np.random.default_rng(seed)
        self._order = self._draw.permutation(usable)
        self._at = 0
        self._by_package = [part for part in np.split(usable, np.flatnonzero(np.diff(corpus.packages[usable])) + 1)
                            if len(part) >= 64]  # fmt: skip
        sizes = np.array([len(part) for part in self._by_package], float)
        self._chance = sizes**0.7 / (sizes**0.7).sum()

    def batch(self, size: int) -> Ints:
        half = size // 2
        if self._at + half > len(self._order):
            self._order, self._at = self._draw.permutation(self._order), 0
        taken = [self._order[self._at : self._at + half]]
        self._at += half
        for which in self._draw.choice(len(self._by_package), 3, p=self._chance, replace=False):
            part = self._by_package[which]
            taken.append(self._draw.choice(part, min(len(part), (size - half) // 3), replace=False))
        return np.unique(np.concatenate(taken))


class Teaching:
    """What the teacher says of texts, and how far a table is from it."""

    def __init__(self, corpus: Corpus, taught: npt.NDArray[np.float16], known: npt.NDArray[np.bool_]) -> None:
        """`taught` has a row a text; those that are not `known` mean nothing."""
        self._corpus = corpus
        self._taught = taught
        self._texts = np.flatnonzero(known & (corpus.text_bags.sizes > 0))
        self._docs = np.where((corpus.taught >= 0) & known[corpus.taught], corpus.taught, -1)
        shapes = corpus.taught_shapes
        self._shapes = np.where((shapes >= 0) & known[shapes] & (self._docs >= 0), shapes, -1)

    def _told(self, places: Ints) -> torch.Tensor:
        return torch.from_numpy(self._taught[places].astype(np.float32))

    def sentences(self, table: Table, draw: np.random.Generator) -> tuple[torch.Tensor, torch.Tensor]:
        """Of some texts: how far each is from its place, and how far they are from alike as they should be."""
        sample = draw.choice(self._texts, BATCH, replace=False)
        told, said = self._told(sample), table(self._corpus.text_bags.batch(sample), DROPOUT / 2)
        regression = 1 - functional.cosine_similarity(said @ table.to_teacher, told).mean()
        itself = torch.eye(len(sample), dtype=torch.bool)
        wanted = (told @ told.T / _TEACHER_TEMPERATURE).masked_fill(itself, -1e9).softmax(1)
        alike = (said @ said.T / _TEMPERATURE).masked_fill(itself, -1e9).log_softmax(1)
        return regression, functional.kl_div(alike, wanted, reduction="batchmean")

    def code(self, table: Table, places: Ints, found: torch.Tensor) -> torch.Tensor:
        """Of these pairs: how far bodies are from where comments should be, alone and with them, and from questions."""
        with_doc = np.flatnonzero(self._docs[places] >= 0)
        if not len(with_doc):
            return torch.zeros(())
        docs = self._told(self._docs[places[with_doc]])
        bare = 1 - functional.cosine_similarity(found[torch.from_numpy(with_doc)] @ table.to_teacher, docs).mean()
        asked = places[self._shapes[places] >= 0]
        if len(asked) < _ASKED_MIN:
            return bare
        questions = table(self._corpus.shaped.batch(asked), DROPOUT)
        whole = table(self._corpus.full.batch(places[with_doc]), DROPOUT)
        wanted = (self._told(self._shapes[asked]) @ docs.T / _TEACHER_TEMPERATURE).softmax(1)
        near = (questions @ whole.T / _TEMPERATURE).log_softmax(1)
        apart = 1 - functional.cosine_similarity(whole @ table.to_teacher, docs).mean()
        return bare + 0.5 * functional.kl_div(near, wanted, reduction="batchmean") + 0.5 * apart


def train(
    corpus: Corpus, teaching: Teaching | None, *, steps: int, first_steps: int, seed: int
) -> npt.NDArray[np.float32]:
    """The rows of the table, float32; in the first steps the teacher alone is listened to."""
    torch.manual_seed(seed)
    draw = np.random.default_rng(seed + 1)
    table = Table(start_rows(corpus, torch.Generator().manual_seed(seed)))
    if teaching is not None:
        for step, optimizer in _descent(table, first_steps):
            regression, similarity = teaching.sentences(table, draw)
            _take(optimizer, 2.0 * regression + 0.5 * similarity)
            _say(step, first_steps, regression=regression, similarity=similarity)
    questions = joined(corpus.queries, corpus.shaped)
    code = joined(corpus.signed, corpus.bodies)
    shaped_share = SHAPED_SHARE[teaching is not None]
    sampler = Sampler(corpus, np.flatnonzero((corpus.queries.sizes > 0) & (corpus.bodies.sizes > 3)), seed)
    for step, optimizer in _descent(table, steps):
        places = sampler.batch(BATCH)
        which = corpus.queries.total * (draw.random(len(places)) < shaped_share)
        asked = table(questions.batch(places + which), DROPOUT)
        found = table(code.batch(places + corpus.signed.total * (draw.random(len(places)) < 0.25)), DROPOUT)
        logits = asked @ found.T * table.scale.exp().clamp(max=100)
        target = torch.arange(len(places))
        loss = contrast = (functional.cross_entropy(logits, target) + functional.cross_entropy(logits.T, target)) / 2
        if teaching is not None:
            regression, similarity = teaching.sentences(table, draw)
            loss = contrast + 2.0 * regression + similarity + teaching.code(table, places, found)
        _take(optimizer, loss)
        _say(step, steps, loss=loss, contrast=contrast)
    rows: npt.NDArray[np.float32] = table.rows.detach().numpy()
    return rows


def _descent(table: Table, steps: int) -> Iterator[tuple[int, torch.optim.Optimizer]]:
    """Steps with a rate that warms up and falls to 0."""
    optimizer = torch.optim.Adam(table.parameters(), lr=RATE, betas=(0.9, 0.98), fused=True)
    for step in range(steps):
        for group in optimizer.param_groups:
            group["lr"] = RATE * min(1.0, (step + 1) / 50) * 0.5 * (1 + math.cos(math.pi * step / steps))
        yield step, optimizer


def _take(optimizer: torch.optim.Optimizer, loss: torch.Tensor) -> None:
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    optimizer.step()


def _say(step: int, steps: int, **losses: torch.Tensor) -> None:
    if step % 100 == 0 or step == steps - 1:
        said = "  ".join(f"{name} {loss.item():.3f}" for name, loss in losses.items())
        print(f"{step:5}  {said}  {time.process_time():.0f} s", flush=True)


def load_corpus(pairs: Path, work: Path) -> Corpus:
    """Made once and kept."""
    cached = work / "corpus.pickle"
    if not cached.exists():
        work.mkdir(parents=True, exist_ok=True)
        cached.write_bytes(pickle.dumps(make(pairs, VOCABULARY_SIZE)))
    corpus: Corpus = pickle.loads(cached.read_bytes())
    return corpus


def load_teaching(corpus: Corpus, work: Path, count: int) -> Teaching:
    """The teacher's vectors of the corpus's first texts; those that it has made before are kept in the work folder."""
    from teacher import DIMENSION as WIDTH
    from teacher import Teacher

    places = {text: place for place, text in enumerate(corpus.texts)}
    taught, known = np.zeros((len(places), WIDTH), np.float16), np.zeros(len(places), dtype=bool)

    def take(texts: list[str], vectors: npt.NDArray[np.float16]) -> None:
        rows = [(places[text], row) for row, text in enumerate(texts) if text in places]
        into, of = np.array(rows, np.int64).reshape(-1, 2).T
        taught[into], known[into] = vectors[of], True

    parts = sorted(work.glob("taught-*.json"))
    for part in parts:
        take(json.loads(part.read_text("utf-8")), np.load(part.with_suffix(".npy")))
    missing = [text for text in corpus.texts[:count] if not known[places[text]]]
    teacher = Teacher() if missing else None
    for start in range(0, len(missing), _TAUGHT_AT_ONCE):
        texts = missing[start : start + _TAUGHT_AT_ONCE]
        vectors = teacher.embed(texts) if teacher is not None else np.zeros((0, WIDTH), np.float16)
        part = work / f"taught-{len(parts) + start // _TAUGHT_AT_ONCE:04}.json"
        np.save(part.with_suffix(".npy"), vectors)
        part.write_text(json.dumps(texts), "utf-8")
        take(texts, vectors)
        print(f"taught {start + len(texts)} of {len(missing)}", flush=True)
    return Teaching(corpus, taught, known)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=Path, required=True)
    parser.add_argument("--work-dir", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=1600)
    parser.add_argument("--first-steps", type=int, default=800, help="by the teacher alone, before the others")
    parser.add_argument("--kind", choices=("joint", "contrastive"), default="joint")
    parser.add_argument("--taught", type=int, default=TAUGHT, help="texts that the teacher embeds, the first ones")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    corpus = load_corpus(arguments.pairs, arguments.work_dir)
    print(f"{len(corpus.packages)} pairs, {len(corpus.texts)} texts, {len(corpus.vocabulary)} terms", flush=True)
    taught = load_teaching(corpus, arguments.work_dir, arguments.taught) if arguments.kind == "joint" else None
    rows = train(corpus, taught, steps=arguments.steps, first_steps=arguments.first_steps, seed=arguments.seed)
    np.save(arguments.work_dir / f"rows-{arguments.kind}-{arguments.seed}.npy", rows)
    return 0


if __name__ == "__main__":
    sys.exit(main())
