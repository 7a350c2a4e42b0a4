"""Questions in another human language than English: told by their small words, which no code is searched for.

The names and borrowed words that such a question holds (`Signal`, `socket`) stand in code all the same.
"""

from __future__ import annotations

import re

from scholiast_indexer.text import STOPWORDS
from scholiast_server.models.sentences import word_set

SMALL_WORDS_MIN = 2
"""As few small words of another language may stand in an English question by chance: `die`, `comment`, `an`."""

_WORD = re.compile(r"[^\W\d_]+")
_SMALL = {
    "de": word_set(
        """
        wie was wo wer wen wem warum wieso weshalb wann woher wohin welche welcher welches welchem welchen wofür womit
        ist sind war waren wird werden wurde wurden hat haben kann können soll sollen muss müssen macht machen gibt es
        der die das den dem des ein eine einen einem einer eines im in am an auf aus bei beim mit nach von vom vor zu
        zum zur für über unter durch gegen ohne um und oder aber nicht kein keine wenn dass ob als auch nur man ich du
        er sie wir ihr mir mich sich diese dieser dieses passiert funktioniert bedeutet heißt dafür hier dort
        """
    ),
    "fr": word_set(
        """
        comment que qui quoi quel quelle quels quelles où pourquoi quand combien est sont était sera fait faire peut le
        la les l un une des du de d au aux en dans sur sous avec sans pour par vers chez et ou mais ne pas plus ce cet
        cette ces se s il elle ils elles on je tu nous vous lorsque si c qu à sert fonctionne signifie
        """
    ),
    "es": word_set(
        """
        cómo como qué que quién quien cuál cual cuáles dónde donde cuándo cuando cuánto por para porqué es son está
        están fue era será hace hacer puede pueden el la los las un una unos unas de del al en con sin sobre entre hasta
        desde y o pero no ni si se su sus lo le les este esta estos estas eso ese sirve funciona significa
        """
    ),
    "it": word_set(
        """
        come cosa che chi quale quali dove perché quando quanto è sono era fa fare può il lo la i gli le un uno una di
        del dello della dei degli delle al allo alla nel nella in con senza su sul sulla per tra fra e o ma non se si
        questo questa questi queste viene vengono funziona significa serve
        """
    ),
    "pt": word_set(
        """
        como que quem qual quais onde porque quando quanto é são está estão foi era será faz fazer pode o a os as um uma
        de do da dos das em no na nos nas com sem sobre por pelo pela para e ou mas não se este esta isso esse funciona
        significa serve acontece
        """
    ),
}


def small_words(question: str) -> frozenset[str]:
    """The small words of the language that a question is in; none for a question in English, or in no known one."""
    words = [word.lower() for word in _WORD.findall(question)]
    english = sum(word in STOPWORDS for word in words)
    counts = {tongue: sum(word in small for word in words) for tongue, small in _SMALL.items()}
    best = max(counts, key=lambda tongue: counts[tongue])
    is_clear = counts[best] >= SMALL_WORDS_MIN and counts[best] > english
    return _SMALL[best] if is_clear else frozenset()


def without_small_words(question: str) -> str:
    """What is left to look for in code of a question in another language; an English one as it is."""
    small = small_words(question)
    if not small:
        return question
    left = " ".join(_WORD.sub(lambda found: "" if found[0].lower() in small else found[0], question).split())
    return left.strip(" ?!.,¿¡'’") or question
