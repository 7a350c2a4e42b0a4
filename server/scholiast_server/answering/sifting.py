"""Leaves of an answer only the sentences that hold, in their paragraphs and lists; must not know engines."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from scholiast_server.answering.citations import Checked
from scholiast_server.answering.types import Answer, Sentence

ROUNDS_MAX = 8
"""What a sentence rested on may go with another one; a text that still does not hold then is left out."""


def sifted(text: str, checked: Checked, check: Callable[[str], Checked]) -> tuple[str, Checked]:
    """The sentences that hold, and their check; no text at all when none does.

    Args:
        text: What was written.
        checked: What was found in it.
        check: Checks what is left of it: an item of a list may have rested on a sentence that went.
    """
    for _ in range(ROUNDS_MAX):
        if all(_holds(sentence) for sentence in checked.sentences):
            return text, checked
        text = _left(text, [sentence for sentence in checked.sentences if _holds(sentence)])
        checked = check(text)
    return "", Checked((), ())


def said(answer: Answer) -> str:
    """What of an answer later questions may go on from: not what did not hold, which a model would say again."""
    if all(sentence.status != "unsupported" for sentence in answer.sentences):
        return answer.answer
    return _left(answer.answer, [sentence for sentence in answer.sentences if sentence.status != "unsupported"])


def _holds(sentence: Sentence) -> bool:
    return sentence.status in {"verified", "moved"}


def _left(text: str, sentences: Sequence[Sentence]) -> str:
    """These sentences of a text, apart from each other as they were by space, line or paragraph."""
    parts: list[str] = []
    end = 0
    for sentence in sentences:
        between = text[end : sentence.start]
        line = text[text.rfind("\n", 0, sentence.start) + 1 : sentence.start]
        indent = line if not line.strip() else ""
        if parts:
            parts.append(_gap(between))
        parts.append((indent if not parts or parts[-1] != " " else "") + text[sentence.start : sentence.end])
        end = sentence.end
    return "".join(parts)


def _gap(between: str) -> str:
    lines = between.split("\n")
    if any(not line.strip() for line in lines[1:-1]):
        return "\n\n"
    return "\n" if len(lines) > 1 else " "
