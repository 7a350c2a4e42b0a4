"""Unsaved text is searched and read in place of what is indexed of its path, and leaves no trace."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.indexer.index import kills
from tests.indexer.index.conftest import FILES, QUERIES, CountingEmbedder, World, content_of
from tests.indexer.index.test_threads import Meanwhile
from tests.indexer.workers.conftest import HERE

from scholiast_indexer.embedding.static import StaticEmbedder
from scholiast_indexer.index import Index
from scholiast_indexer.search import Filters
from scholiast_indexer.types import Hit, Progress

CART = "src/cart.py"
ZEBRA = b'\n\ndef feed_zebra(quagga):\n    """Give hay to a quagga."""\n    return quagga.eat("hay")\n'


class Seen(NamedTuple):
    """All that an index shows of its workspace."""

    found: dict[str, list[tuple[str, int, int, str, str, str]]]
    files: dict[str, bytes | None]
    symbols: dict[str, list[tuple[str, str, int, int]]]


def places(hits: list[Hit]) -> list[tuple[str, int, int, str, str, str]]:
    """Of hits that share a word with the query: others are hits from a cosine on, and how often words are stored, which
    does not count what is unsaved, is in the question's vector."""
    sharing = [hit for hit in hits if hit.why["terms"]]
    return sorted((h.path, h.start_line, h.end_line, h.symbol, h.kind, h.text) for h in sharing)


def seen(index: Index, queries: tuple[str, ...]) -> Seen:
    paths = index.paths()
    return Seen(
        {query: places(index.search(query, 1_000)) for query in queries},
        {path: index.read(path) for path in paths},
        {path: [(s.path, s.kind, s.start_line, s.end_line) for s in index.symbols(path)] for path in paths},
    )


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Index, World, Index]]:
    """Two indexes of the same files: text is laid over one, and saved in the other."""
    worlds = [World(tmp_path_factory.mktemp(name) / "work") for name in ("live", "saved")]
    with Index.open(worlds[0].root) as live, Index.open(worlds[1].root) as saved:
        live.update()
        saved.update()
        yield live, worlds[1], saved


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    """An index that every test leaves as it found it."""
    world = World(tmp_path_factory.mktemp("shared") / "work", {**FILES, "copies/cart.py": FILES[CART]})
    with Index.open(world.root) as opened:
        opened.update()
        yield opened


@pytest.fixture
def calm(shared: Index) -> Iterator[Index]:
    yield shared
    for path in shared.overlaid():
        shared.lift(path)


def stored(index: Index, path: str) -> bytes:
    data = index.read(path)
    assert data is not None
    return data


# -- what is laid over is what is seen -----------------------------------------------------------------------------

LINES = st.sampled_from(
    [
        "class Stable:", "    def feed_zebra(self, hay):", "        return hay.total", "def price_of(item):",
        "    return catalog[item]", "", "# a quagga in the cart", "import session", "## Refunds of money", "}",
        "é ü 漢", "export function openSession(user) { return user }",
    ]
)  # fmt: skip
TEXTS = st.lists(LINES, max_size=40).map(lambda lines: "\n".join(lines).encode())
PATHS = st.sampled_from([CART, "src/retry.py", "web/session.js", "docs/guide.md", "src/new.py", "a/b/c.txt", "new.md"])
ASKED = (*QUERIES, "feed zebra hay", "quagga", "Stable.feed_zebra", "price_of", "openSession", "import session", "漢")


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(buffers=st.dictionaries(PATHS, TEXTS, min_size=1, max_size=3))
def test_what_is_laid_over_is_seen_as_if_it_were_saved(
    pair: tuple[Index, World, Index], buffers: Mapping[str, bytes]
) -> None:
    live, world, saved = pair
    before = seen(live, QUERIES)
    for path, text in buffers.items():
        data = text + f"\n# {path}\n".encode()  # the same bytes under two paths are one hit only once they are saved
        assert live.lay_over(path, data)
        world.write(path, data)
    saved.update()
    try:
        assert seen(live, ASKED) == seen(saved, ASKED)
    finally:
        for path in buffers:
            live.lift(path)
            world.write(path, FILES[path]) if path in FILES else world.remove(path)
        saved.update()
    assert seen(live, QUERIES) == before


def test_unsaved_text_is_found_and_the_saved_text_no_longer(calm: Index) -> None:
    text = stored(calm, "src/retry.py").replace(b"retry_request", b"insist_on_answer")
    assert calm.lay_over("src/retry.py", text)
    assert [hit.path for hit in calm.search("insist_on_answer", 1)] == ["src/retry.py"]
    assert "retry_request" not in {hit.symbol for hit in calm.search("retry_request")}
    assert calm.overlaid() == {"src/retry.py"}
    calm.lift("src/retry.py")
    assert all("insist_on_answer" not in hit.text for hit in calm.search("insist_on_answer", 50))
    assert [hit.symbol for hit in calm.search("retry_request", 1)] == ["retry_request"]


def test_lines_are_those_of_the_buffer(calm: Index) -> None:
    calm.lay_over(CART, b"\n" * 100 + stored(calm, CART) + ZEBRA)
    hit = calm.search("feed_zebra", 1)[0]
    lines = stored(calm, CART).decode().split("\n")
    assert "def feed_zebra(quagga):" in lines[hit.start_line - 1 : hit.end_line]
    assert hit.text == "".join(line + "\n" for line in lines[hit.start_line - 1 : hit.end_line])
    assert {s.name: s.start_line for s in calm.symbols(CART)}["Cart"] == 104


def test_a_word_that_is_nowhere_else_is_counted(calm: Index) -> None:
    assert calm.document_frequency("quagga") == 0
    calm.lay_over(CART, ZEBRA)
    assert calm.document_frequency("quagga") == 1


def test_every_hit_says_why_it_ranks_where_it_does(calm: Index) -> None:
    stored_why = calm.search("refunds", 1)[0].why
    calm.lay_over(CART, ZEBRA)
    why = calm.search("feed zebra", 1)[0].why
    assert why.keys() == stored_why.keys()
    assert why["terms"] == ["feed", "zebra"]
    assert why["lexical"] > 0


# -- what else stays -----------------------------------------------------------------------------------------------


def test_other_paths_of_the_same_bytes_stay(calm: Index) -> None:
    calm.lay_over(CART, b"nothing = None\n")
    assert {hit.path for hit in calm.search("total_price", 5) if "total_price" in hit.text} == {"copies/cart.py"}


@pytest.mark.parametrize(
    ("filters", "is_found"),
    [
        (Filters(paths=("src/",)), True),
        (Filters(paths=("web/",)), False),
        (Filters(languages=("python",)), True),
        (Filters(languages=("javascript",)), False),
        (Filters(kinds=("function",)), True),
        (Filters(kinds=("class",)), False),
        (Filters(tests="none"), True),
        (Filters(tests="only"), False),
    ],
)
def test_filters_hold_for_unsaved_text(calm: Index, filters: Filters, is_found: bool) -> None:
    calm.lay_over("src/stable.py", ZEBRA)
    found = {hit.path for hit in calm.search("feed_zebra", 50, filters)}
    assert ("src/stable.py" in found) == is_found


def test_lifting_brings_everything_back(calm: Index) -> None:
    before = seen(calm, QUERIES)
    for path in (CART, "src/new.py"):
        calm.lay_over(path, ZEBRA)
    assert seen(calm, QUERIES) != before
    for path in (CART, "src/new.py", "never/laid.py"):
        calm.lift(path)
    assert seen(calm, QUERIES) == before


def test_nothing_of_it_is_written(world: World, tmp_path: Path) -> None:
    with Index.open(world.root) as index:
        index.update()
        index.lay_over(CART, ZEBRA)
        index.update()
        index.search("zebra")
        index.lift(CART)
        assert content_of(index) == world.rebuilt(tmp_path / "clean")
    with Index.open(world.root) as index:
        assert index.overlaid() == frozenset()
        assert b"zebra" not in world.database.read_bytes()


# -- what is not laid over -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("build/a.py", ZEBRA),
        ("src/ignored_by_us.py", ZEBRA),
        (".env", b"KEY=zebra\n"),
        ("src/keys.py", b"KEY = '-----BEGIN RSA PRIVATE KEY-----" + b"A" * 64 + b"'\n" + ZEBRA),
        ("node_modules/zebra/index.js", b"function zebra() {}\n"),
        ("zebra.min.js", b"function zebra() {}\n"),
        ("src/huge.py", b"zebra = 1\n" * 100_001),
        ("src/large.json", b'{"zebra": 1}\n' * 20_000),
        ("src/binary.py", b"zebra\0\0\0"),
        ("src/made.py", b"# @generated by zebra\n" + ZEBRA),
        ("../outside.py", ZEBRA),
        ("/outside.py", ZEBRA),
        ("", ZEBRA),
    ],
)
def test_what_would_not_be_indexed_is_not_laid_over(world: World, path: str, data: bytes) -> None:
    world.write(".gitignore", "build/\n")
    world.write(".scholiastignore", "ignored_by_us.py\n")
    with Index.open(world.root) as index:
        index.update()
        assert not index.lay_over(path, data)
        assert index.overlaid() == frozenset()
        assert all("zebra" not in hit.text for hit in index.search("zebra", 50))


def test_text_equal_to_the_indexed_lifts_what_was_laid_over(calm: Index) -> None:
    original = stored(calm, CART)
    assert calm.lay_over(CART, ZEBRA)
    assert not calm.lay_over(CART, original)
    assert calm.overlaid() == frozenset()


def test_text_that_came_to_be_left_out_lifts_what_was_laid_over(calm: Index) -> None:
    assert calm.lay_over(CART, ZEBRA)
    assert not calm.lay_over(CART, b"\0" + ZEBRA)
    assert stored(calm, CART) == FILES[CART].encode()


def test_unsaved_text_has_a_limit_in_all(calm: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scholiast_indexer.unsaved.unsaved.OVERLAY_BYTES_MAX", 3 * len(ZEBRA))
    laid = [calm.lay_over(f"src/stable_{number}.py", ZEBRA + b"#" * number) for number in range(4)]
    assert laid == [True, True, False, False]
    assert calm.lay_over("src/stable_0.py", ZEBRA + b"again = 1\n")


# -- how it is made ------------------------------------------------------------------------------------------------


def test_it_works_while_a_first_index_is_made(tmp_path: Path) -> None:
    world = World(tmp_path / "work", {})
    kills.write_tree(world.root, 0)
    with Index.open(world.root) as index:
        assert index.lay_over("package_0/zebra.py", ZEBRA)
        assert [hit.path for hit in index.search("feed_zebra")] == ["package_0/zebra.py"]
        rounds = 0

        def lay_another() -> None:
            nonlocal rounds
            rounds += 1
            text = b"number = %d\n" % rounds + ZEBRA
            assert index.lay_over("package_0/zebra.py", text)
            assert index.search("feed_zebra", 1)[0].text.encode() in text

        def during(progress: Progress) -> None:
            if progress.stage == "reading":
                assert index.overlaid() == {"package_0/zebra.py"}

        with Meanwhile(lay_another, threads=1):
            index.update(during)
        assert rounds > 0
        index.lift("package_0/zebra.py")
        assert content_of(index) == world.rebuilt(tmp_path / "clean")


def test_the_last_of_several_texts_stays(calm: Index) -> None:
    texts = [b"number_%d = 1\n" % number + ZEBRA for number in range(200)]
    remaining = iter(texts)

    def lay_next() -> None:
        data = next(remaining, None)
        if data is not None:
            calm.lay_over(CART, data)

    with Meanwhile(lay_next, threads=4):
        for _ in range(20):
            calm.search("feed_zebra", 3)
    calm.lay_over(CART, texts[-1])
    assert calm.read(CART) == texts[-1]


def test_the_same_text_is_analyzed_once(world: World) -> None:
    embedder = CountingEmbedder()
    with Index.open(world.root, embedder) as index:
        index.update()
        index.lay_over(CART, ZEBRA)
        asked = len(embedder.texts)
        index.lay_over(CART, b"other = 1\n")
        index.lift(CART)
        index.lay_over(CART, ZEBRA)
        index.lay_over(CART, ZEBRA)
        assert [text for text in embedder.texts[asked:] if "zebra" in text] == []


def test_only_texts_that_changed_are_embedded_where_no_worker_can(world: World) -> None:
    embedder = CountingEmbedder()
    functions = [f"def function_{number}():\n" + f"    value = call_{number}()\n" * 90 + "\n\n" for number in range(8)]
    with Index.open(world.root, embedder) as index:
        index.update()
        index.lay_over(CART, "".join(functions).encode())
        embedder.texts.clear()
        functions[3] = functions[3].replace("function_3", "function_three")
        index.lay_over(CART, "".join(functions).encode())
        assert 1 <= len(embedder.texts) < 4
        assert index.search("function_three", 1)[0].path == CART


class MadeElsewhere(StaticEmbedder):
    """Its workers make one that crashes when a text tells it to, as a parser would."""

    worker_factory = f"{HERE}:Misbehaving"


def test_a_text_that_kills_the_worker_is_cut_by_lines(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(Path(__file__).resolve().parents[3]))
    with Index.open(world.root, MadeElsewhere()) as index:
        index.update()
        assert index.lay_over(CART, ZEBRA + b"# SEGFAULT\n")
        assert index.search("feed zebra", 1)[0].path == CART
        assert index.symbols(CART) == []
        assert index.lay_over(CART, ZEBRA)
        assert [symbol.name for symbol in index.symbols(CART)] == ["feed_zebra"]


def test_closing_while_text_is_analyzed_ends_both(world: World) -> None:
    index = Index.open(world.root)
    index.update()
    index.start_workers()
    data = b"".join(b"def function_%d():\n    return %d\n" % (n, n) for n in range(20_000))
    with Meanwhile(lambda: index.lay_over(CART, data), threads=1):
        index.close()
    assert not index.lay_over(CART, ZEBRA)


def test_names_with_other_bytes_than_utf8_are_laid_over_too(calm: Index) -> None:
    path = os.fsdecode(b"src/caf\xe9.py")
    assert calm.lay_over(path, ZEBRA)
    assert calm.search("feed_zebra", 1)[0].path == path
