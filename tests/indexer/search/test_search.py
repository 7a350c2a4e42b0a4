"""What a search finds in a small workspace, and in which order."""

from __future__ import annotations

import pytest

from scholiast_indexer.index import Index
from scholiast_indexer.search.filters import Filters, PathFilter


@pytest.mark.parametrize(
    ("query", "path"),
    [
        ("where are failed requests retried", "src/shop/retry.py"),
        ("add_item", "src/shop/cart.py"),
        ("addItem", "src/shop/cart.py"),
        ("Cart", "src/shop/cart.py"),
        ("CartView.renderItems", "web/cart.ts"),
        ("draw items as table rows", "web/cart.ts"),
        ("src/shop/retry.py", "src/shop/retry.py"),
        ("exponential backoff", "src/shop/retry.py"),
        ("tests of the cart", "tests/test_cart.py"),
        ("documentation how to install", "README.md"),
    ],
)
def test_first_hit(shop: Index, query: str, path: str) -> None:
    assert shop.search(query)[0].path == path


def test_tests_rank_below_the_code_they_test(shop: Index) -> None:
    paths = [hit.path for hit in shop.search("put item into the cart")]
    assert paths.index("src/shop/cart.py") < paths.index("tests/test_cart.py")


def test_lines_are_one_based_and_hold_the_text(shop: Index) -> None:
    hit = shop.search("retry_request")[0]
    lines = (shop.root / hit.path).read_text("utf-8").splitlines(keepends=True)
    assert "".join(lines[hit.start_line - 1 : hit.end_line]) == hit.text


def test_every_hit_says_why(shop: Index) -> None:
    why = shop.search("shopping cart total")[0].why
    signals = {"lexical", "dense", "path", "definition", "reexport", "message", "coherence", "demotion", "saturation"}
    assert set(why) >= {*signals, "terms", "coverage"}
    assert set(why["terms"]) <= {"shopping", "cart", "total"}
    assert 0 <= why["coverage"] <= 1


def test_scores_fall(shop: Index) -> None:
    scores = [hit.score for hit in shop.search("cart item", limit=20)]
    assert scores == sorted(scores, reverse=True)


@pytest.mark.parametrize(
    ("filters", "paths"),
    [
        (Filters(paths=("web/",)), {"web/cart.ts"}),
        (Filters(paths=("*.ts", "/tests/**")), {"web/cart.ts", "tests/test_cart.py"}),
        (Filters(languages=("typescript",)), {"web/cart.ts"}),
        (Filters(tests="only"), {"tests/test_cart.py"}),
        (Filters(languages=("python",), tests="none", paths=("cart.py",)), {"src/shop/cart.py"}),
        (Filters(kinds=("section",)), {"README.md"}),
        (Filters(languages=("cobol",)), set()),
        (Filters(paths=("nowhere/",)), set()),
    ],
)
def test_filters_leave_only_what_they_name(shop: Index, filters: Filters, paths: set[str]) -> None:
    assert {hit.path for hit in shop.search("shopping cart item", limit=50, filters=filters)} == paths


def test_a_pattern_of_many_wildcards_is_refused_and_not_tried() -> None:
    assert PathFilter(Filters(paths=("**/**/src/**/test_*_*.py",))).allows("src/a/test_b_c.py")
    with pytest.raises(ValueError, match="has 4 wildcards"):
        PathFilter(Filters(paths=("a*" * 30 + "b",)))


@pytest.mark.parametrize("query", ["", "   ", "?!", "\x00", "\ud800", "🛒🛒", "a" * 100_000, "x " * 50_000])
def test_odd_queries_find_little_and_raise_nothing(shop: Index, query: str) -> None:
    assert len(shop.search(query)) <= 10


@pytest.mark.parametrize("query", ["zeppelin", "quaternion", "kubernetes ingress"])
def test_words_that_occur_nowhere_find_nothing(shop: Index, query: str) -> None:
    assert shop.search(query) == []


@pytest.mark.parametrize("limit", [0, -1])
def test_no_limit_gives_no_hits(shop: Index, limit: int) -> None:
    assert shop.search("cart", limit=limit) == []


def test_limit_counts_hits(shop: Index) -> None:
    assert len(shop.search("cart", limit=2)) == 2


def test_one_file_under_two_names_is_found_once_by_its_better_name(tmp_path_factory: pytest.TempPathFactory) -> None:
    root = tmp_path_factory.mktemp("copies")
    for name in ("vendor_copy/engine.py", "tests/engine.py", "src/engine.py"):
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_text("def start_engine():\n    '''Start it.'''\n    return 1\n")
    with Index.open(root, directory=tmp_path_factory.mktemp("index")) as index:
        index.update()
        assert [hit.path for hit in index.search("start engine")] == ["src/engine.py"]


def test_a_language_says_nothing_while_nearly_all_code_is_in_it(tmp_path_factory: pytest.TempPathFactory) -> None:
    root = tmp_path_factory.mktemp("languages")
    (root / "parser.py").write_text('def parse():\n    """Read a python file."""\n    return 1\n')
    with Index.open(root, directory=tmp_path_factory.mktemp("index")) as index:
        index.update()
        assert index.search("python file reading")[0].why["terms"] == ["file", "reading"]
        for number in range(9):
            (root / f"page{number}.ts").write_text(f"export function draw{number}() {{\n  return {number};\n}}\n")
        index.update()
        assert index.search("python file reading")[0].why["terms"] == ["python", "file", "reading"]
