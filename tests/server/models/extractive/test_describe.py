"""What is said of a piece from its code alone."""

from __future__ import annotations

import msgspec
import pytest

from scholiast_server.models.extractive.describe import code_clause, documented_clause, telling_line, value_clause
from scholiast_server.models.extractive.question import read_question, subject_stems
from scholiast_server.models.extractive.statements import View, further
from scholiast_server.models.protocol import Evidence

OPTIONS = Evidence(
    n=1,
    path="options.ts",
    start_line=1,
    end_line=2,
    language="typescript",
    kind="type",
    symbol="Options",
    signature="export type Options<Item> = Base<Item>",
    doc="",
    text="export type Options<Item> =\n\tBase<Item>",
    hash="",
    score=1.0,
)


def test_a_type_is_told_by_its_declaration() -> None:
    assert code_clause(OPTIONS, frozenset()) == "is a type, declared as `export type Options<Item> = Base<Item>`"


@pytest.mark.parametrize(
    "piece",
    [
        OPTIONS,
        msgspec.structs.replace(OPTIONS, kind="class", signature="class Options extends Base"),
        msgspec.structs.replace(OPTIONS, kind="method", signature="options(): Base"),
    ],
)
def test_lines_from_the_midst_of_a_definition_say_nothing_of_its_head(piece: Evidence) -> None:
    below = msgspec.structs.replace(piece, start_line=40, end_line=40, text="\tlimit?: number;")
    assert "Base" not in code_clause(below, frozenset())


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ('const PATTERN: &str = "some/**/needle.txt";', '"some/**/needle.txt"'),
        ("int PATTERN = /* of them */ 30;", "30"),
        ("PATTERN = 30 /* of them */", "30"),
    ],
)
def test_a_value_is_told_as_it_is_written_without_the_comment_beside_it(line: str, value: str) -> None:
    constant = msgspec.structs.replace(OPTIONS, kind="constant", symbol="PATTERN", text=line)
    assert value_clause(constant) == f"is set to `{value}`"


@pytest.mark.parametrize("written", ["[0, 18]", "`[0, 18]`"])
def test_a_range_in_a_doc_comment_cites_nothing(written: str) -> None:
    documented = msgspec.structs.replace(OPTIONS, kind="function", doc=f"Counts the digits in the range {written}.")
    assert documented_clause(documented) == "counts the digits in the range `[0, 18]`"


@pytest.mark.parametrize(
    ("question", "language", "text", "line"),
    [
        ("what does the --factory option do?", "python", "@option(\n    '--factory',\n    help='A factory.',\n)", 3),
        ("where is MAX_LIMIT read?", "python", "def load():\n    a = 1\n    b = os.getenv('MAX_LIMIT')", 3),
        ("where is MAX_LIMIT read?", "bash", "x=1\necho \"${MAX_LIMIT-}\"", 2),
        ("where is MAX_LIMIT read?", "bash", "echo \"$MAX_LIMIT_FILE\"\necho \"$MAX_LIMIT\"", 2),
        ("unknown action", "go", "x := 1\nreturn errors.New(\"unknown action: \" + spec)", 2),
        ("unknown action", "yaml", "# an unknown action\nname: unknown action", 2),
        ("how is it loaded?", "python", "def load():\n    return 1", None),
    ],
)  # fmt: skip
def test_the_line_that_says_most_is_told(question: str, language: str, text: str, line: int | None) -> None:
    asked = read_question(question)
    name = "load" if text.startswith("def load") else ""
    piece = msgspec.structs.replace(OPTIONS, language=language, kind="function", symbol=name, text=text)
    found = telling_line(piece, asked, subject_stems(asked))
    assert (found.number if found else None) == line


def test_a_line_of_prose_with_code_in_it_is_quoted_as_prose() -> None:
    text = '@doc """\n  * `:stale_error_field` - The field where stale errors are added.\n"""'
    asked = read_question("what is stale_error_field?")
    piece = msgspec.structs.replace(OPTIONS, language="elixir", kind="text", symbol="", text=text)
    found = telling_line(piece, asked, subject_stems(asked))
    assert found is not None
    assert found.reading == "says “`:stale_error_field` - The field where stale errors are added”"


def test_what_a_type_asks_of_its_reader_is_not_told_as_what_it_does() -> None:
    text = "/** A facade for logging. Install instances via `plant`. Writes lines. */\nabstract class Tree"
    doc = "A facade for logging. Install instances via `plant`. Writes lines."
    tree = msgspec.structs.replace(OPTIONS, kind="class", symbol="Tree", signature="class Tree", doc=doc, text=text)
    asked = read_question("what is Tree?")
    said = further(View(asked, subject_stems(asked), (tree,)), tree, [])
    assert said is not None and said.text == "It writes lines [1]."
