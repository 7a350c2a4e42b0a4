"""What is said of a piece from its code alone."""

from __future__ import annotations

import msgspec
import pytest

from scholiast_server.models.extractive.describe import code_clause
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
