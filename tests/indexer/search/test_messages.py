"""A message that is copied into a query leads to the code that has it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from scholiast_indexer.index import Index
from scholiast_indexer.search.messages import Message
from scholiast_indexer.search.query import analyze_query

CODE = """raise ValueError("cannot combine --compress and --chunked")"""
FILLED = """raise ValueError(f"Directory '{path}' must be empty for the first run")"""


@pytest.mark.parametrize(
    ("query", "text", "share"),
    [
        ("cannot combine --compress and --chunked", CODE, 1.0),
        ("error: cannot combine --compress and --chunked", CODE, 5 / 6),
        ("Cannot combine compress and chunked", CODE, 1.0),
        ("Directory '/tmp/x' must be empty for the first run", FILLED, 0.7),
        ("combine and compress chunked", CODE, 0.0),
        ("cannot combine --compress and --chunked", CODE.replace('"', ""), 0.0),
        ("cannot combine", CODE, 0.0),
        ("how cannot combine --compress and --chunked", CODE, 0.0),
        ("don't combine these options", "# We don't combine these options.", 0.0),
        ("don't combine these options", "warn(`don't combine these options`)", 1.0),
        ("read the whole file", '    """Read the whole file."""', 0.0),
        ("WHERE conditions required", 'errors.New("WHERE conditions required")', 1.0),
        ("compress_chunked", '"compress_chunked"', 0.0),
        ("is not a file", 'raise OSError("is not a\\n" "file")', 0.0),
        ("", "", 0.0),
    ],
)
def test_how_much_of_a_query_is_a_message(query: str, text: str, share: float) -> None:
    assert Message(analyze_query(query)).share(text) == pytest.approx(share)


def test_a_long_query_is_looked_at_from_its_beginning() -> None:
    told = " ".join(f"word{number}" for number in range(400))
    assert Message(analyze_query(told)).share(f'"{told}"') == 1.0


@pytest.fixture(scope="module")
def options(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    """Code whose names and comments say what a message says, beside the one file that has it."""
    root = tmp_path_factory.mktemp("options")
    files = {
        "uploads.py": '''"""Uploads, compressed and chunked."""


def compress_chunked(stream: Stream) -> Stream:
    """Compress a chunked stream."""
    return Compressed(stream.chunked)
''',
        "arguments.py": '''"""Arguments of the command line."""


def process(arguments: list[str], parser: Parser) -> None:
    """Hold the arguments against each other."""
    if "--compress" in arguments and "--chunked" in arguments:
        parser.error("cannot combine --compress and --chunked")
''',
        "schema.json": '{"compress": {"type": "boolean", "description": "Compresses the body of what is sent",'
        ' "note": "cannot combine --compress and --chunked, as parts are sent before the whole is known"}}\n',
        "README.md": '# Options\n\nIt says "cannot combine --compress and --chunked" where both are given.\n',
    }
    for name, text in files.items():
        (root / name).write_text(text, "utf-8")
    with Index.open(root) as index:
        index.update()
        yield index


def test_a_copied_message_leads_to_the_code_that_has_it(options: Index) -> None:
    hits = options.search("cannot combine --compress and --chunked")
    assert hits[0].path == "arguments.py"
    assert [hit.path for hit in hits if hit.why["message"]] == ["arguments.py"]


def test_a_question_copies_nothing(options: Index) -> None:
    assert not any(hit.why["message"] for hit in options.search("how to combine --compress and --chunked"))


def test_unsaved_text_has_its_messages_too(options: Index) -> None:
    assert options.lay_over("division.py", b'raise ValueError("cannot divide --left by --right")\n')
    hits = options.search("cannot divide --left by --right")
    assert [hit.path for hit in hits if hit.why["message"]] == ["division.py"]
