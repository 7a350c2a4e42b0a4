"""What stands under a cursor: definitions, questions in comments, definitions without a doc comment.

Must not know LSP, SQL or hnswlib; asks an index through `SymbolSource`.
"""

from scholiast_server.lookup.cards import look_up
from scholiast_server.lookup.comment_answers import as_comment, without_numbers
from scholiast_server.lookup.comment_questions import Question, comment_question
from scholiast_server.lookup.documentation import documentation, undocumented
from scholiast_server.lookup.rendering import render, render_plain
from scholiast_server.lookup.types import Card, Insertion, Place, SymbolSource

__all__ = [
    "Card",
    "Insertion",
    "Place",
    "Question",
    "SymbolSource",
    "as_comment",
    "comment_question",
    "documentation",
    "look_up",
    "render",
    "render_plain",
    "undocumented",
    "without_numbers",
]
