"""A gap filled: what stands above it for the model, and what becomes of too much text."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from scholiast_indexer.types import Hit
from scholiast_server.completing.complete import complete
from scholiast_server.completing.context import context_comment, query_of
from scholiast_server.completing.gap import gap_at
from scholiast_server.models.llama.wire import Adapter, Counted, Done, ModelFacts
from scholiast_server.models.protocol import never

FACTS = ModelFacts("", "llama", 400, 400, 64, 2, 1, has_chat_template=False, fills_in_the_middle=True)
DONE = Done(1, "stop", 1, 0, 1, 0.0, 0.0)
HELPER = "def retry(send):\n    return send()\n"


def hit(path: str, text: str) -> Hit:
    return Hit(path, 3, 4, 1.0, "python", "retry", "function", text, {})


class Found:
    """An index in which a search finds the same."""

    def __init__(self, *hits: Hit) -> None:
        self.hits = hits
        self.queries: list[str] = []

    def search(self, query: str, limit: int = 10) -> Sequence[Hit]:
        self.queries.append(query)
        return self.hits[:limit]


class Scripted:
    """A model that writes one text and keeps what it was shown; each character is a token."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.shown: list[tuple[str, str]] = []

    def facts(self) -> ModelFacts:
        return FACTS

    def count(self, texts: Sequence[str]) -> Counted:
        return Counted(1, [len(text) for text in texts], 0)

    def complete(
        self, prefix: str, suffix: str, max_tokens: int, *, adapters: Sequence[Adapter], cancelled: Callable[[], bool]
    ) -> Iterator[str | Done]:
        self.shown.append((prefix, suffix))
        yield self.text[:max_tokens]
        yield DONE


def test_code_from_elsewhere_stands_above_as_comments() -> None:
    model, index = Scripted("send)"), Found(hit("src/net.py", HELPER))
    gap = gap_at("src/app.py", "python", "x = retry(", 10)
    assert complete(gap, index, model, never) == "send)"
    assert index.queries == ["x = retry("]
    assert model.shown == [("# src/net.py:3\n# def retry(send):\n#     return send()\nx = retry(", "")]


def test_what_the_model_sees_anyway_is_not_repeated() -> None:
    gap = gap_at("src/net.py", "python", HELPER + "\nretry(", len(HELPER) + 7)
    assert context_comment(gap, [hit("src/net.py", HELPER)], "#") == ""


def test_the_best_hit_stands_nearest() -> None:
    gap = gap_at("a.py", "python", "x", 1)
    text = context_comment(gap, [hit("best.py", "a"), hit("next.py", "b")], "//")
    assert text == "// next.py:3\n// b\n// best.py:3\n// a\n"


def test_a_language_without_line_comments_gets_no_context() -> None:
    model, index = Scripted("b"), Found(hit("src/net.py", HELPER))
    complete(gap_at("a.json", "json", "a", 1), index, model, never)
    assert (model.shown, index.queries) == ([("a", "")], [])


def test_too_much_text_is_cut_until_it_fits() -> None:
    model = Scripted("b")
    text = "some_name = some_value\n" * 60
    complete(gap_at("a.py", "python", text, len(text)), Found(hit("src/net.py", HELPER)), model, never)
    ((prefix, _),) = model.shown
    assert 0 < len(prefix) < 400 - 96 and text.endswith(prefix)


def test_a_line_that_fits_nowhere_is_not_completed() -> None:
    model = Scripted("b")
    text = "x" * 100_000
    assert complete(gap_at("a.py", "python", text, len(text)), None, model, never) == "b"
    assert len(model.shown[0][0]) < 400


def test_what_was_cancelled_is_not_written() -> None:
    model = Scripted("b")
    assert complete(gap_at("a.py", "python", "a", 1), None, model, lambda: True) == ""
    assert model.shown == []


def test_the_last_lines_that_hold_something_are_searched_for() -> None:
    text = "\n\n".join(f"line {n}" for n in range(40))
    assert query_of(gap_at("a.py", "python", text, len(text))) == "\n".join(f"line {n}" for n in range(32, 40))
