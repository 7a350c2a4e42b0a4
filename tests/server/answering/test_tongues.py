"""Small words of other languages are left out of what is looked for; English questions stay as they are."""

from __future__ import annotations

import pytest

from scholiast_server.answering.tongues import without_small_words


@pytest.mark.parametrize(
    ("question", "sought"),
    [
        ("wie wird ein Signal behandelt?", "Signal behandelt"),
        ("quel est le rôle du chunklist ?", "rôle chunklist"),
        ("cómo se conecta a un socket unix?", "conecta a socket unix"),
        ("come viene letta la configurazione?", "letta configurazione"),
        ("como é feita a leitura do cookie?", "feita leitura cookie"),
        ("wie ist das?", "wie ist das?"),
        ("how are routes registered?", "how are routes registered?"),
        ("where is the comment of a test?", "where is the comment of a test?"),
        ("what does die() do in an array?", "what does die() do in an array?"),
        ("register_route", "register_route"),
        ("", ""),
    ],
)
def test_small_words_of_another_language_are_not_looked_for(question: str, sought: str) -> None:
    assert without_small_words(question) == sought
