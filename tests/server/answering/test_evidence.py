"""From hits to numbered pieces: the definition that matters, its doc comment, no more than can be read."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from scholiast_indexer.types import Hit
from scholiast_server.answering.anchors import anchor_hash, source_lines
from scholiast_server.answering.evidence import select_evidence
from scholiast_server.answering.limits import EVIDENCE_LINES_MAX, EVIDENCE_MAX, EVIDENCE_PER_FILE_MAX
from scholiast_server.answering.types import EvidenceSource
from scholiast_server.models.protocol import Evidence

Search = Callable[[str], list[Hit]]
Build = Callable[[Mapping[str, str]], tuple[EvidenceSource, Search]]

METHODS = "".join(f"    def step_{n}(self):\n        return {n}\n\n" for n in range(40))
JAVA = """\
class Cache {
  /**
   * Drops all entries.
   */

  void clear() {
    entries.clear();
  }
}
"""


def whole(path: str, text: str, score: float = 1.0) -> Hit:
    """A hit that is the whole file."""
    language = "java" if path.endswith(".java") else "python"
    return Hit(path, 1, len(text.splitlines()), score, language, "", "block", text, {})


def check(build: Build, files: Mapping[str, str], question: str, expected: list[tuple[str, int, int, str]]) -> None:
    source, _ = build(files)
    hits = [whole(path, text) for path, text in files.items()]
    found = select_evidence(question, hits, source)
    assert [(piece.path, piece.start_line, piece.end_line, piece.symbol) for piece in found] == expected


def test_a_hit_is_narrowed_to_the_definition_asked_for(build: Build) -> None:
    files = {"a.py": f"class Steps:\n{METHODS}"}
    check(build, files, "what does step_7 do?", [("a.py", 23, 24, "Steps.step_7")])


def test_the_doc_comment_above_a_definition_is_cited_with_it(build: Build) -> None:
    check(build, {"Cache.java": JAVA}, "how is the cache cleared?", [("Cache.java", 2, 8, "Cache.clear")])


def test_a_long_class_is_cited_by_its_head(build: Build) -> None:
    files = {"a.py": f'class Steps:\n    """All steps."""\n\n{METHODS}'}
    check(build, files, "what is Steps?", [("a.py", 1, 2, "Steps")])


def test_a_long_class_without_a_doc_comment_is_cited_with_its_first_members(build: Build) -> None:
    check(build, {"a.py": f"class Steps:\n{METHODS}"}, "what is Steps?", [("a.py", 1, 24, "Steps")])


def test_an_implementation_has_the_doc_comment_of_its_first_overload(build: Build) -> None:
    overloads = "/** Joins parts into one path. */\nfunction join(a: A): B;\nfunction join(a: any) {\n  return a;\n}\n"
    source, _ = build({"join.ts": overloads})
    hit = Hit("join.ts", 1, 5, 1.0, "typescript", "join", "function", overloads, {})
    assert select_evidence("how does join work?", [hit], source)[0].doc == "Joins parts into one path."


def test_a_hit_without_definitions_is_cited_without_its_empty_ends(build: Build) -> None:
    files = {"a.py": "\n\nrun(timeout)\n\n"}
    check(build, files, "where is the timeout used?", [("a.py", 3, 3, "")])


def test_what_the_best_piece_calls_comes_along(build: Build) -> None:
    files = {
        "a.py": "def register_route(rule):\n    keep_rule(rule)\n",
        "b.py": "import os\n\n\ndef unrelated():\n    pass\n\n\ndef keep_rule(rule):\n    rules.add(rule)\n",
    }
    source, _ = build(files)
    hits = [whole("a.py", files["a.py"]), whole("b.py", files["b.py"], 0.2)]
    found = select_evidence("how are routes registered?", hits, source)
    assert [piece.symbol for piece in found] == ["register_route", "keep_rule"]


def test_neighbouring_hits_of_one_definition_become_one_piece(build: Build) -> None:
    body = "".join(f"    step({n})\n" for n in range(30))
    files = {"a.py": f"def run_all():\n{body}"}
    source, _ = build(files)
    hits = [Hit("a.py", 1, 16, 1.0, "python", "run_all", "function", "", {})]
    hits.append(Hit("a.py", 17, 31, 0.9, "python", "run_all", "function", "", {}))
    found = select_evidence("run all steps", hits, source)
    assert [(piece.start_line, piece.end_line) for piece in found] == [(1, 31)]


def test_a_file_that_cannot_be_read_gives_the_text_of_its_hit(build: Build) -> None:
    source, _ = build({})
    hit = Hit("gone.py", 3, 4, 1.0, "python", "", "block", "a = 1\nb = 2\n", {})
    found = select_evidence("where is it?", [hit], source)
    assert [(piece.start_line, piece.end_line, piece.text) for piece in found] == [(3, 4, "a = 1\nb = 2")]


def test_pieces_are_capped_numbered_and_anchored(build: Build) -> None:
    files = {f"m{n}.py": f"def load_{n}(path):\n    return path\n" * 3 for n in range(12)}
    files["big.py"] = "def load_all(paths):\n" + "    load(paths)\n" * 200
    source, search = build(files)
    found = select_evidence("how are paths loaded?", search("how are paths loaded?"), source)
    assert [piece.n for piece in found] == list(range(1, len(found) + 1))
    assert 1 < len(found) <= EVIDENCE_MAX
    for piece in found:
        _check_piece(piece, files[piece.path])
        assert sum(other.path == piece.path for other in found) <= EVIDENCE_PER_FILE_MAX


def _check_piece(piece: Evidence, text: str) -> None:
    lines = source_lines(text.encode())[piece.start_line - 1 : piece.end_line]
    assert piece.text == "\n".join(lines)
    assert piece.hash == anchor_hash(lines)
    assert len(lines) <= EVIDENCE_LINES_MAX


@pytest.mark.parametrize(
    "data",
    [b"a\r\nb\r\n", b"a\rb\r", "a\nb\n".encode("utf-16"), b"\xef\xbb\xbfa\nb", b"a\nb"],
    ids=["crlf", "cr", "utf-16", "bom", "no end"],
)
def test_lines_are_those_an_editor_shows(data: bytes) -> None:
    assert source_lines(data) == ["a", "b"]


def test_what_does_the_same_to_something_else_does_not_come_first(build: Build) -> None:
    """Both speak of registered routes; one of them registers blueprints."""
    files = {
        "app.py": "def register_blueprint(blueprint):\n    # Register a blueprint, whose routes follow.\n    keep(1)\n",
        "scaffold.py": "def route(rule):\n    # Decorate a view to register it as a route.\n    keep(2)\n",
    }
    source, _ = build(files)
    hits = [whole("scaffold.py", files["scaffold.py"], 1.0), whole("app.py", files["app.py"], 0.95)]
    found = select_evidence("how are routes registered?", hits, source)
    assert [piece.symbol for piece in found] == ["route", "register_blueprint"]


def test_the_definition_of_a_name_that_the_question_spells_comes_first(build: Build) -> None:
    files = {
        "forest.py": "def plant_tree(tree):\n    # A tree is planted: the tree among trees.\n    trees.add(tree)\n",
        "tree.py": "class Tree:\n    def log(self):\n        pass\n",
    }
    source, _ = build(files)
    hits = [whole("forest.py", files["forest.py"], 1.0), whole("tree.py", files["tree.py"], 0.8)]
    assert select_evidence("what is Tree?", hits, source)[0].symbol == "Tree"


def test_what_holds_a_name_that_the_question_spells_comes_before_what_does_not(build: Build) -> None:
    files = {
        "reader.py": "def read_default_options():\n    # Reads the default options.\n    return default()\n",
        "options.py": "def parse(line):\n    return os.getenv('FZF_DEFAULT_OPTS')\n",
    }
    source, _ = build(files)
    hits = [whole("reader.py", files["reader.py"], 1.0), whole("options.py", files["options.py"], 0.9)]
    assert select_evidence("where is FZF_DEFAULT_OPTS read?", hits, source)[0].symbol == "parse"


def test_lines_around_a_name_outside_definitions_are_shown(build: Build) -> None:
    filler = "".join(f"@option('--other-{n}')\n" for n in range(20))
    files = {"main.py": f"@option('--factory', help='an application factory')\n{filler}def main(option):\n    run()\n"}
    source, _ = build(files)
    found = select_evidence("what does the --factory option do?", [whole("main.py", files["main.py"])], source)
    assert "--factory" in found[0].text


def test_all_that_uses_a_name_is_found_in_the_hits_before_tests_of_it(build: Build) -> None:
    """Callers first, then what reads it; the definition is no user, and pieces of one file are not capped."""
    callers = "".join(f"def level_{n}(x):\n    prepare(x)\n\n\n" for n in range(4))
    files = {
        "tests/test_log.py": "def test_prepare():\n    prepare(1)\n",
        "log.py": f"def prepare(x):\n    pass\n\n\n{callers}def table():\n    return [prepare]\n",
    }
    source, _ = build(files)
    hits = [whole("tests/test_log.py", files["tests/test_log.py"], 1.0), whole("log.py", files["log.py"], 0.5)]
    found = [piece.symbol for piece in select_evidence("who calls prepare?", hits, source)]
    assert found == ["prepare", "level_0", "level_1", "level_2", "level_3", "table", "test_prepare"]


def test_tests_come_first_where_tests_of_a_name_are_asked_for(build: Build) -> None:
    files = {
        "tests/test_log.py": "def test_prepare():\n    prepare(1)\n",
        "log.py": "def prepare(x):\n    pass\n\n\ndef table():\n    prepare(2)\n",
    }
    source, _ = build(files)
    hits = [whole("log.py", files["log.py"], 1.0), whole("tests/test_log.py", files["tests/test_log.py"], 0.5)]
    found = [piece.symbol for piece in select_evidence("where is `prepare` tested?", hits, source)]
    assert found == ["prepare", "test_prepare", "table"]


def test_a_message_leads_to_the_definition_that_has_it(build: Build) -> None:
    files = {
        "base.py": "def get_signature(v):\n    # The signature that does match a value.\n    return match(v)\n",
        "signer.py": "def unsign(value):\n    raise Bad(f'Signature {value!r} does not match the value')\n",
    }
    source, _ = build(files)
    hits = [whole("base.py", files["base.py"], 1.0), whole("signer.py", files["signer.py"], 0.8)]
    found = select_evidence("Signature %r does not match the value", hits, source)
    assert found[0].symbol == "unsign"


def test_a_long_function_is_cited_by_the_lines_that_use_the_name(build: Build) -> None:
    steps = "".join(f"    step({n})\n" for n in range(100))
    text = f"def run_all():\n{steps}    prepare()\n{steps}"
    source, _ = build({"a.py": text})
    found = select_evidence("who calls prepare?", [whole("a.py", text)], source)
    assert [(piece.symbol, piece.start_line, piece.end_line) for piece in found[:1]] == [("run_all", 98, 106)]
