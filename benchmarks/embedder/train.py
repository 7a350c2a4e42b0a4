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
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

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
TAUGHT = 150_000
"""Texts that the teacher embeds."""
_TAUGHT_AT_ONCE = 8_000
CODED = 512
"""Definitions of a step that are held against what the teacher says of them."""
CODE_SHARE = 0.5
_TEXT_TOKENS_MAX = 64
_CODE_TOKENS_MAX = 96
"""Twice as many take twice the time and find hardly more (CoSQA .604, not .599); 64 find .590."""
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
    """What the teacher says of texts and of code, and how far a table is from it."""

    def __init__(self, corpus: Corpus, told: Told, coded: Told, draw: np.random.Generator) -> None:
        self._corpus = corpus
        self._told = told.vectors
        self._coded = coded.vectors
        self._texts = np.flatnonzero(told.known & (corpus.text_bags.sizes > 0))
        self._codes = np.flatnonzero(coded.known & (corpus.full.sizes[corpus.coded] > 0))
        shapes, docs = corpus.taught_shapes[corpus.coded], corpus.taught[corpus.coded]
        docs = np.where((docs >= 0) & told.known[docs], docs, -1)
        self._asked = np.where((shapes >= 0) & told.known[shapes], shapes, docs)
        """Of each code the question, or else the comment, that the teacher knows; -1 for none."""
        self._draw = draw

    def sentences(self, table: Table) -> tuple[torch.Tensor, torch.Tensor]:
        """Of some texts: how far each is from its place, and how far they are from alike as they should be."""
        sample = self._draw.choice(self._texts, BATCH, replace=False)
        told, said = _floats(self._told[sample]), table(self._corpus.text_bags.batch(sample), DROPOUT / 2)
        return _apart(table, said, told), _unlike(said, said, told, told)

    def code(self, table: Table) -> torch.Tensor:
        """Of some code: how far it is from its place, with its comment and without, and from what is asked for it."""
        sample = self._draw.choice(self._codes, CODED, replace=False)
        places, told = self._corpus.coded[sample], _floats(self._coded[sample])
        whole = table(self._corpus.full.batch(places), DROPOUT)
        bare = table(self._corpus.signed.batch(places), DROPOUT)
        asked = self._asked[sample]
        asked = np.concatenate([asked[asked >= 0], self._draw.choice(self._texts, CODED // 2, replace=False)])
        question = table(self._corpus.text_bags.batch(asked), DROPOUT / 2)
        near = _unlike(question, whole, _floats(self._told[asked]), told)
        alike = _unlike(whole, whole, told, told)
        return 2.0 * _apart(table, whole, told) + _apart(table, bare, told) + near + 0.5 * alike


def _floats(vectors: npt.NDArray[np.float16]) -> torch.Tensor:
    return torch.from_numpy(vectors.astype(np.float32))


def _apart(table: Table, said: torch.Tensor, told: torch.Tensor) -> torch.Tensor:
    """How far vectors, mapped to the teacher's, are from these."""
    return 1 - functional.cosine_similarity(said @ table.to_teacher, told).mean()


def _unlike(asked: torch.Tensor, found: torch.Tensor, told_asked: torch.Tensor, told: torch.Tensor) -> torch.Tensor:
    """How far some are from as near to others as the teacher has them; nothing is held against itself."""
    wanted, near = told_asked @ told.T / _TEACHER_TEMPERATURE, asked @ found.T / _TEMPERATURE
    if asked is found:
        itself = torch.eye(len(asked), dtype=torch.bool)
        wanted, near = wanted.masked_fill(itself, -1e9), near.masked_fill(itself, -1e9)
    return functional.kl_div(near.log_softmax(1), wanted.softmax(1), reduction="batchmean")


def train(
    corpus: Corpus, teaching: Teaching | None, *, steps: int, first_steps: int, seed: int
) -> npt.NDArray[np.float32]:
    """The rows of the table, float32; in the first steps the teacher alone is listened to."""
    torch.manual_seed(seed)
    draw = np.random.default_rng(seed + 1)
    table = Table(start_rows(corpus, torch.Generator().manual_seed(seed)))
    if teaching is not None:
        for step, optimizer in _descent(table, first_steps):
            regression, similarity = teaching.sentences(table)
            code = teaching.code(table) if step % 2 else torch.zeros(())
            _take(optimizer, 2.0 * regression + 0.5 * similarity + CODE_SHARE * code)
            _say(step, first_steps, regression=regression, similarity=similarity, code=code)
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
            regression, similarity = teaching.sentences(table)
            loss = contrast + 2.0 * regression + similarity + CODE_SHARE * teaching.code(table)
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


class Told(NamedTuple):
    """The teacher's vectors, a row a text; those of texts that are not `known` mean nothing."""

    vectors: npt.NDArray[np.float16]
    known: npt.NDArray[np.bool_]


def told_of(texts: Sequence[str], count: int, work: Path, kind: str, tokens_max: int) -> Told:
    """The teacher's vectors of the first texts; what it has made before is kept in the work folder under its kind."""
    from teacher import DIMENSION as WIDTH
    from teacher import Teacher

    places = {text: place for place, text in enumerate(texts)}
    told = Told(np.zeros((len(texts), WIDTH), np.float16), np.zeros(len(texts), dtype=bool))

    def take(some: list[str], vectors: npt.NDArray[np.float16]) -> None:
        rows = [(places[text], row) for row, text in enumerate(some) if text in places]
        into, of = np.array(rows, np.int64).reshape(-1, 2).T
        told.vectors[into], told.known[into] = vectors[of], True

    parts = sorted(work.glob(f"{kind}-*.json"))
    for part in parts:
        take(json.loads(part.read_text("utf-8")), np.load(part.with_suffix(".npy")))
    missing = [text for text in dict.fromkeys(texts[:count]) if not told.known[places[text]]]
    teacher = Teacher(tokens_max) if missing else None
    for start in range(0, len(missing), _TAUGHT_AT_ONCE):
        some = missing[start : start + _TAUGHT_AT_ONCE]
        vectors = teacher.embed(some) if teacher is not None else np.zeros((0, WIDTH), np.float16)
        part = work / f"{kind}-{len(parts) + start // _TAUGHT_AT_ONCE:04}.json"
        np.save(part.with_suffix(".npy"), vectors)
        part.write_text(json.dumps(some), "utf-8")
        take(some, vectors)
        print(f"{kind} {start + len(some)} of {len(missing)}, {time.process_time():.0f} s", flush=True)
    return told


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
    taught = None
    if arguments.kind == "joint":
        told = told_of(corpus.texts, arguments.taught, arguments.work_dir, "taught", _TEXT_TOKENS_MAX)
        coded = told_of(corpus.codes, len(corpus.codes), arguments.work_dir, "coded", _CODE_TOKENS_MAX)
        taught = Teaching(corpus, told, coded, np.random.default_rng(arguments.seed + 2))
    rows = train(corpus, taught, steps=arguments.steps, first_steps=arguments.first_steps, seed=arguments.seed)
    np.save(arguments.work_dir / f"rows-{arguments.kind}-{arguments.seed}.npy", rows)
    return 0


if __name__ == "__main__":
    sys.exit(main())
