"""A model through Scholiast's worker process, side by side with llama-cpp-python called directly in the same run.

    python benchmarks/generation.py [--model FILE.gguf] [--adapter FILE.gguf]

Without a model one of 25 million random weights is made, which writes nonsense at the speed of its size. First token:
a whole answer of one token, once the rest of the prompt is worked out already, against the same tokens given to
llama-cpp-python by hand. Run it on a machine at rest.
"""

from __future__ import annotations

import os
import signal
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_WAIT_POLICY", "passive")
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from lsp_client import LspClient
from measuring import note, option_parser, percentile, show, spread

from scholiast_server.models.llama.backend import Backend
from scholiast_server.models.llama.client import LlamaProcess
from scholiast_server.models.llama.engine import LlamaEngine
from scholiast_server.models.llama.wire import Adapter, Load, Message, Sampling
from scholiast_server.models.prompt import build_prompt
from scholiast_server.models.protocol import Evidence, Outcome, Request

PROBED = [sys.executable, str(Path(__file__).with_name("lsp_probe.py"))]
QUESTIONS = 12
TOKENS = 48
CANCELS = 10
RESTARTS = 5
SWAPS = 200
WIDTH, LAYERS, HEADS, CONTEXT = 512, 8, 8, 4_096
PIECES = 4


def evidence() -> tuple[Evidence, ...]:
    """Some 1,500 tokens of this very file's folder."""
    files = sorted(Path(__file__).parent.glob("*.py"))[:PIECES]
    found = []
    for number, file in enumerate(files, start=1):
        text = "\n".join(file.read_text("utf-8").split("\n")[:14])
        found.append(Evidence(number, file.name, 1, 14, "python", "module", file.stem, "", "", text, "", 1.0))
    return tuple(found)


def request(number: int, tokens: int) -> Request:
    return Request(f"What does part {number} of it do?", evidence(), max_tokens=tokens)


def timed_answer(engine: LlamaEngine, asked: Request) -> tuple[float, int]:
    """Milliseconds of a whole answer, and its tokens."""
    began = time.perf_counter()
    *_, outcome = engine.answer(asked)
    assert isinstance(outcome, Outcome) and outcome.generated_tokens is not None
    return (time.perf_counter() - began) * 1000, outcome.generated_tokens


def timed_directly(backend: Backend, tokens: Sequence[int], count: int) -> tuple[float, int]:
    """The same by llama-cpp-python alone, given the tokens of the prompt."""
    began = time.perf_counter()
    for _ in backend._llama.create_completion(list(tokens), max_tokens=count, temperature=0.0, stream=True):
        pass
    return (time.perf_counter() - began) * 1000, backend.written_after(tokens) + 1


def measure_tokens(model: Path) -> dict[str, Any]:
    """First tokens and speed, ours and directly, turn by turn."""
    process = LlamaProcess(Load(0, str(model), threads=_threads()))
    engine = LlamaEngine(process)
    backend = Backend(Load(0, str(model), threads=_threads()))
    first: list[tuple[float, float]] = []
    speeds: list[tuple[float, float]] = []
    prompt: list[int] = []
    for number in range(QUESTIONS + 1):
        prompt = _tokens(process, backend, request(number, 1))
        first.append((timed_answer(engine, request(number, 1))[0], timed_directly(backend, prompt, 1)[0]))
        ours, direct = timed_answer(engine, request(number, TOKENS)), timed_directly(backend, prompt, TOKENS)
        speeds.append((ours[1] / ours[0] * 1000, direct[1] / direct[0] * 1000))
    process.close()
    first, speeds = first[1:], speeds[1:]  # the first works the whole prompt out
    return {
        "prompt_tokens": len(prompt),
        "first_token_ms": spread([ours for ours, _ in first]),
        "direct_first_token_ms": spread([direct for _, direct in first]),
        "overhead_ms": spread([ours - direct for ours, direct in first]),
        "tokens_per_s": statistics.median(ours for ours, _ in speeds),
        "direct_tokens_per_s": statistics.median(direct for _, direct in speeds),
    }


def _tokens(process: LlamaProcess, backend: Backend, asked: Request) -> list[int]:
    context = process.facts().context_tokens
    prompt = build_prompt(asked, context - TOKENS, lambda texts: process.count(texts).texts)
    return backend.chat_tokens([Message(message.role, message.content) for message in prompt.messages])[0]


def measure_cancel(model: Path) -> dict[str, Any]:
    """Milliseconds from the cancel to the end: while it writes, and while it reads a long prompt."""
    process = LlamaProcess(Load(0, str(model), threads=_threads()))
    process.facts()
    long = [Message("user", "word " * 700)]
    writing = [_cancel(process, [Message("user", f"Write {n}.")], after_pieces=3) for n in range(CANCELS)]
    reading = [_cancel(process, [Message("system", f"{n}"), *long], after_s=0.03) for n in range(CANCELS)]
    process.close()
    return {"writing_ms": spread(writing), "reading_ms": spread(reading)}


def _cancel(process: LlamaProcess, messages: list[Message], *, after_pieces: int = 0, after_s: float = 0.0) -> float:
    stop = threading.Event()
    at: list[float] = []

    def cancel() -> None:
        at.append(time.perf_counter())
        stop.set()

    stream = process.generate(messages, 2_000, cancelled=stop.is_set)
    timer = threading.Timer(after_s, cancel)
    if after_s:
        timer.start()
    for number, _ in enumerate(stream):
        if after_pieces and number == after_pieces:
            cancel()
    timer.join() if after_s else None
    return (time.perf_counter() - at[0]) * 1000


def measure_swap(model: Path, adapter: Path) -> dict[str, float]:
    """Milliseconds to answer under an adapter from now on, and back."""
    backend = Backend(Load(0, str(model), threads=_threads()))
    backend.apply([Adapter(str(adapter))])  # reads the file
    took = []
    for number in range(SWAPS):
        began = time.perf_counter()
        backend.apply([] if number % 2 == 0 else [Adapter(str(adapter))])
        took.append((time.perf_counter() - began) * 1000)
    return {"p50": percentile(took, 0.5), "p99": percentile(took, 0.99)}


def measure_restart(model: Path) -> dict[str, float]:
    """Seconds from a question to a worker that was killed to the first piece by the next one."""
    process = LlamaProcess(Load(0, str(model), threads=_threads()))
    process.facts()
    took = []
    for _ in range(RESTARTS):
        assert process.pid is not None
        os.kill(process.pid, signal.SIGKILL)
        while process.is_running:
            time.sleep(0.001)
        began = time.perf_counter()
        next(iter(process.generate([Message("user", "Hello.")], 2, sampling=Sampling())))
        took.append(time.perf_counter() - began)
    process.close()
    return spread(took)


def measure_lateness(model: Path) -> dict[str, float]:
    """How late the event loop of a language server is while a model writes in its worker."""
    with tempfile.TemporaryDirectory() as made:
        folder, late = Path(made, "code"), Path(made, "late")
        folder.mkdir()
        for file in Path(__file__).parent.glob("*.py"):
            Path(folder, file.name).write_text(file.read_text("utf-8"))
        environment = {
            "LATENESS_FILE": str(late),
            "SCHOLIAST_MODEL_PATH": str(model),
            "SCHOLIAST_MODEL_THREADS": str(_threads()),
            "SCHOLIAST_MODEL_CONTEXT_TOKENS": str(CONTEXT),
            "SCHOLIAST_ANSWER_MAX_TOKENS": "256",
        }
        with LspClient(PROBED, environment) as client:
            client.initialize(folder)
            client.wait_for("ready")
            for number in range(2):
                client.request("scholiast/ask", {"question": f"how is memory measured, {number}?"})
        lateness = [float(line) for line in late.read_text().split()]
    return {"p50": percentile(lateness, 0.5), "p99": percentile(lateness, 0.99), "max": max(lateness)}


def _threads() -> int:
    """All but one: what asks needs a processor too."""
    return max(1, len(os.sched_getaffinity(0)) - 1) if hasattr(os, "sched_getaffinity") else 1


def table(result: dict[str, Any]) -> str:
    tokens, cancel = result["tokens"], result["cancel"]
    rows = [
        ("first token, warm prompt", f"{tokens['first_token_ms']['median']:.1f} ms", "≤ 50 over it"),
        ("  llama-cpp-python directly", f"{tokens['direct_first_token_ms']['median']:.1f} ms", ""),
        ("  over it", f"{tokens['overhead_ms']['median']:.1f} ms", "≤ 50"),
        ("tokens a second", f"{tokens['tokens_per_s']:.1f}", ""),
        ("  llama-cpp-python directly", f"{tokens['direct_tokens_per_s']:.1f}", ""),
        ("cancel while it writes", f"{cancel['writing_ms']['max']:.1f} ms at most", "≤ 100"),
        ("cancel while it reads", f"{cancel['reading_ms']['max']:.1f} ms at most", "≤ 100"),
        ("adapter swap", f"{result['swap_ms']['p99']:.2f} ms p99", "≤ 5"),
        ("killed worker to next text", f"{result['restart_s']['median']:.2f} s", "≤ 2"),
        ("event loop late while it writes", f"{result['lateness_ms']['p99']:.1f} ms p99", "≤ 20"),
    ]
    return "\n".join(f"{name:<34}{value:>18}   {goal}" for name, value, goal in rows)


def made(folder: Path, write: Callable[..., Path], name: str, **options: Any) -> Path:
    note(f"making {name}")
    return write(folder / name, width=WIDTH, layers=LAYERS, **options)


def main() -> None:
    parser = option_parser(__doc__)
    parser.add_argument("--model", type=Path, help="GGUF file of a chat model")
    parser.add_argument("--adapter", type=Path, help="GGUF file of an adapter for it")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        model, adapter = options.model, options.adapter
        if model is None:
            from tests.server.models.llama.tiny_models import write_adapter, write_model

            model = made(Path(folder), write_model, "random.gguf", heads=HEADS, context=CONTEXT)
            adapter = made(Path(folder), write_adapter, "adapter.gguf", rank=8)
        note("first tokens")
        result: dict[str, Any] = {"model": model.name, "tokens": measure_tokens(model)}
        note("cancelling")
        result["cancel"] = measure_cancel(model)
        note("swapping adapters")
        result["swap_ms"] = measure_swap(model, adapter) if adapter else {"p50": 0.0, "p99": 0.0}
        note("restarting")
        result["restart_s"] = measure_restart(model)
        note("event loop")
        result["lateness_ms"] = measure_lateness(model)
    show(result, table, as_json=options.json)


if __name__ == "__main__":
    main()
