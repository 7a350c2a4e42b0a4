"""A GGUF embedding model through Scholiast's embedder, side by side with llama-cpp-python called directly.

    python benchmarks/embedding.py --model FILE.gguf [--texts 192]

Both embed the same texts, pieces of this project's own code, in turns, with the same threads. Processor seconds are
those of the process that embeds; they hold on a machine that is busy, where the seconds of a process that stands back
do not.
"""

from __future__ import annotations

import contextlib
import os
import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_WAIT_POLICY", "passive")

from measuring import PROJECT, note, option_parser, show, spread

from scholiast_server.engines import Models
from scholiast_server.models.llama.embedder import LlamaEmbedder
from scholiast_server.settings import EmbeddingSettings, ModelSettings, Settings

ROUNDS = 5
TEXT_CHARACTERS = 800
"""Some 200 tokens, as most chunks of code have."""
WINDOW_TOKENS = 512


class Direct:
    """The model in this process, as the documentation of llama-cpp-python shows it, with the settings that suit it."""

    def __init__(self, model: Path, threads: int) -> None:
        import llama_cpp

        self._llama = llama_cpp.Llama(
            str(model), embedding=True, n_ctx=WINDOW_TOKENS, n_batch=WINDOW_TOKENS, n_ubatch=WINDOW_TOKENS,
            n_threads=threads, n_threads_batch=threads, flash_attn=True, verbose=False,
        )  # fmt: skip

    def documents(self, texts: Sequence[str]) -> object:
        return self._llama.embed(list(texts), normalize=True, truncate=True)

    def cpu_s(self) -> float:
        return time.process_time()


class Ours:
    """The embedder that an index is given."""

    def __init__(self, embedder: LlamaEmbedder) -> None:
        self._embedder = embedder

    def documents(self, texts: Sequence[str]) -> object:
        return self._embedder.documents(texts)

    def cpu_s(self) -> float:
        """Of the process that works for many texts, from what Linux says of it."""
        process = self._embedder._documents
        process.facts()
        told = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(told[11]) + int(told[12])) / os.sysconf("SC_CLK_TCK")


def texts(count: int) -> list[str]:
    """Pieces of this project's code, each once."""
    whole = "\n".join(path.read_text("utf-8") for path in sorted(PROJECT.glob("indexer/**/*.py")))
    return [whole[place * TEXT_CHARACTERS : (place + 1) * TEXT_CHARACTERS] for place in range(count)]


def measure(model: Path, count: int, threads: int) -> dict[str, Any]:
    """Texts a second, and texts a processor second, of both."""
    given = texts(count)
    settings = Settings(embedding=EmbeddingSettings(path=str(model)), model=ModelSettings(threads=threads))
    with contextlib.closing(Models()) as models:
        embedder = models.embedder(settings)
        assert isinstance(embedder, LlamaEmbedder)
        ours, direct = Ours(embedder), Direct(model, threads)
        rounds = []
        for number in range(ROUNDS + 1):
            note(f"round {number}")
            order = (ours, direct) if number % 2 else (direct, ours)
            took = {side: timed(side.documents, side.cpu_s, given) for side in order}
            rounds.append((*took[ours], *took[direct]))
    kept = rounds[1:]  # the first loads pages
    ratios = [(direct_s / ours_s, direct_cpu_s / ours_cpu_s) for ours_s, ours_cpu_s, direct_s, direct_cpu_s in kept]
    return {
        "model": model.name,
        "texts": count,
        "threads": threads,
        "texts_per_s": count / statistics.median(one[0] for one in kept),
        "texts_per_cpu_s": count / statistics.median(one[1] for one in kept),
        "direct_texts_per_s": count / statistics.median(one[2] for one in kept),
        "direct_texts_per_cpu_s": count / statistics.median(one[3] for one in kept),
        "speed_beside_direct": spread([wall for wall, _ in ratios]),
        "speed_beside_direct_by_cpu": spread([cpu for _, cpu in ratios]),
    }


def timed(
    act: Callable[[Sequence[str]], object], cpu_s: Callable[[], float], given: Sequence[str]
) -> tuple[float, float]:
    """Seconds and processor seconds."""
    before_s, began = cpu_s(), time.perf_counter()
    act(given)
    return time.perf_counter() - began, cpu_s() - before_s


def table(result: dict[str, Any]) -> str:
    wall, cpu = result["speed_beside_direct"], result["speed_beside_direct_by_cpu"]
    return "\n".join([
        f"{'':<28}{'a second':>12}{'a processor second':>22}",
        f"{'texts through the embedder':<28}{result['texts_per_s']:>12.1f}{result['texts_per_cpu_s']:>22.1f}",
        f"{'  directly':<28}{result['direct_texts_per_s']:>12.1f}{result['direct_texts_per_cpu_s']:>22.1f}",
        f"{'  beside it':<28}{wall['median']:>12.2f}{cpu['median']:>22.2f}   ≥ 0.90",
    ])  # fmt: skip


def main() -> None:
    parser = option_parser(__doc__)
    parser.add_argument("--model", type=Path, required=True, help="GGUF file of an embedding model")
    parser.add_argument("--texts", type=int, default=192)
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    options = parser.parse_args()
    show(measure(options.model, options.texts, options.threads), table, as_json=options.json)


if __name__ == "__main__":
    main()
