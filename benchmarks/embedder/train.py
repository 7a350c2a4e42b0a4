"""Trains the table.

    python benchmarks/embedder/train.py --pairs DIR --work-dir DIR [--steps N] [--kind joint|contrastive] [--seed N]

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
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from bags import Batch, Ints, joined
from corpus import VOCABULARY_SIZE, Corpus, make
from extract import SEED
from torch.nn import functional

DIMENSION = 256
BATCH = 1024
RATE = 0.02
DROPOUT = 0.15
TAUGHT_MAX = 56_000
"""Texts that the teacher embeds."""
_TAUGHT_AT_ONCE = 4_000
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


def train(corpus: Corpus, taught: npt.NDArray[np.float16] | None, *, steps: int, seed: int) -> npt.NDArray[np.float32]:
    """The rows of the table, float32."""
    torch.manual_seed(seed)
    draw = np.random.default_rng(seed + 1)
    table = Table(start_rows(corpus, torch.Generator().manual_seed(seed)))
    optimizer = torch.optim.Adam(table.parameters(), lr=RATE, betas=(0.9, 0.98))
    questions, code = joined(corpus.queries, corpus.shaped), joined(corpus.signed, corpus.bodies)
    shaped_share = 0.5 if taught is not None else 0.0
    usable = np.flatnonzero((corpus.queries.sizes > 0) & (corpus.bodies.sizes > 3))
    sampler = Sampler(corpus, usable, seed)
    known = np.flatnonzero(corpus.text_bags.sizes > 0)
    started = time.process_time()
    for step in range(steps):
        warm = min(1.0, (step + 1) / 50)
        for group in optimizer.param_groups:
            group["lr"] = RATE * warm * 0.5 * (1 + math.cos(math.pi * step / steps))
        places = sampler.batch(BATCH)
        asked = table(
            questions.batch(places + corpus.queries.total * (draw.random(len(places)) < shaped_share)), DROPOUT
        )
        found = table(code.batch(places + corpus.signed.total * (draw.random(len(places)) < 0.25)), DROPOUT)
        logits = asked @ found.T * table.scale.exp().clamp(max=100)
        target = torch.arange(len(places))
        loss = contrast = (functional.cross_entropy(logits, target) + functional.cross_entropy(logits.T, target)) / 2
        if taught is not None:
            loss = contrast + _teaching(table, corpus, taught, known, places, found, draw)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        if step % 100 == 0 or step == steps - 1:
            right = (logits.argmax(1) == target).float().mean().item()
            print(f"{step:5} loss {loss.item():.3f} contrast {contrast.item():.3f} right {right:.3f} "
                  f"{time.process_time() - started:.0f} s", flush=True)  # fmt: skip
    rows: npt.NDArray[np.float32] = table.rows.detach().numpy()
    return rows


def _teaching(
    table: Table, corpus: Corpus, taught: npt.NDArray[np.float16], known: Ints,
    places: Ints, found: torch.Tensor, draw: np.random.Generator,
) -> torch.Tensor:  # fmt: skip
    """How far sentences are from where the teacher has them, each alone and among each other; code too."""
    sample = draw.choice(known, BATCH, replace=False)
    told = torch.from_numpy(taught[sample].astype(np.float32))
    said = table(corpus.text_bags.batch(sample), DROPOUT / 2)
    regression = 1 - functional.cosine_similarity(said @ table.to_teacher, told).mean()
    masked = torch.eye(len(sample), dtype=torch.bool)
    wanted = (told @ told.T / _TEACHER_TEMPERATURE).masked_fill(masked, -1e9).softmax(1)
    alike = (said @ said.T / _TEACHER_TEMPERATURE).masked_fill(masked, -1e9).log_softmax(1)
    similarity = functional.kl_div(alike, wanted, reduction="batchmean")
    with_doc = np.flatnonzero(corpus.taught[places] >= 0)
    code = torch.zeros(())
    if len(with_doc):
        docs = torch.from_numpy(taught[corpus.taught[places[with_doc]]].astype(np.float32))
        code = 1 - functional.cosine_similarity(found[torch.from_numpy(with_doc)] @ table.to_teacher, docs).mean()
    return 2.0 * regression + 1.0 * similarity + 1.0 * code


def load_corpus(pairs: Path, work: Path) -> Corpus:
    """Made once and kept."""
    cached = work / "corpus.pickle"
    if not cached.exists():
        work.mkdir(parents=True, exist_ok=True)
        cached.write_bytes(pickle.dumps(make(pairs, VOCABULARY_SIZE, TAUGHT_MAX)))
    corpus: Corpus = pickle.loads(cached.read_bytes())
    return corpus


def load_taught(corpus: Corpus, work: Path) -> npt.NDArray[np.float16]:
    """The teacher's vectors of the corpus's texts; those that it has made before are kept in the work folder."""
    from teacher import DIMENSION as WIDTH
    from teacher import Teacher

    known: dict[str, npt.NDArray[np.float16]] = {}
    parts = sorted(work.glob("taught-*.json"))
    for part in parts:
        known.update(zip(json.loads(part.read_text("utf-8")), np.load(part.with_suffix(".npy")), strict=True))
    missing = [text for text in corpus.texts if text not in known]
    teacher = Teacher() if missing else None
    for start in range(0, len(missing), _TAUGHT_AT_ONCE):
        texts = missing[start : start + _TAUGHT_AT_ONCE]
        vectors = teacher.embed(texts) if teacher is not None else np.zeros((0, WIDTH), np.float16)
        part = work / f"taught-{len(parts) + start // _TAUGHT_AT_ONCE:04}.json"
        np.save(part.with_suffix(".npy"), vectors)
        part.write_text(json.dumps(texts), "utf-8")
        known.update(zip(texts, vectors, strict=True))
        print(f"taught {start + len(texts)} of {len(missing)}", flush=True)
    return np.stack([known[text] for text in corpus.texts])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=Path, required=True)
    parser.add_argument("--work-dir", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=1200)
    parser.add_argument("--kind", choices=("joint", "contrastive"), default="joint")
    parser.add_argument("--seed", type=int, default=SEED)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    corpus = load_corpus(arguments.pairs, arguments.work_dir)
    print(f"{len(corpus.packages)} pairs, {len(corpus.texts)} texts, {len(corpus.vocabulary)} terms", flush=True)
    taught = load_taught(corpus, arguments.work_dir) if arguments.kind == "joint" else None
    rows = train(corpus, taught, steps=arguments.steps, seed=arguments.seed)
    np.save(arguments.work_dir / f"rows-{arguments.kind}-{arguments.seed}.npy", rows)
    return 0


if __name__ == "__main__":
    sys.exit(main())
