"""The text around a cursor, cut to what a model takes; pure, and must not know models or editors."""

from __future__ import annotations

import msgspec

from scholiast_server.completing.limits import PREFIX_CHARACTERS_MAX, SUFFIX_CHARACTERS_MAX


class Gap(msgspec.Struct, frozen=True):
    """A place in a file to be filled."""

    path: str
    language: str
    prefix: str
    """The text before the cursor, from the start of a line on."""
    suffix: str
    """The text behind it, to the end of a line."""

    @property
    def line_before(self) -> str:
        """The cursor's line up to it."""
        return self.prefix.rpartition("\n")[2]

    @property
    def line_after(self) -> str:
        """The cursor's line behind it."""
        return self.suffix.partition("\n")[0]


def gap_at(path: str, language: str, text: str, offset: int) -> Gap:
    """The gap at a place of a text.

    Args:
        path: Of the file.
        language: Of the file, as the index names it.
        text: The whole document.
        offset: Of the cursor, in characters.
    """
    return Gap(path, language, _end_of(text[:offset]), _start_of(text[offset:]))


def shortened(gap: Gap, share: float) -> Gap:
    """The gap with that share of its prefix and suffix, whole lines."""
    prefix = _end_of(gap.prefix, int(len(gap.prefix) * share))
    return msgspec.structs.replace(gap, prefix=prefix, suffix=_start_of(gap.suffix, int(len(gap.suffix) * share)))


def _end_of(text: str, limit: int = PREFIX_CHARACTERS_MAX) -> str:
    """The last lines, as many as fit; of a line that alone is longer, its end."""
    if len(text) <= limit:
        return text
    cut = text[len(text) - limit :]
    _, newline, rest = cut.partition("\n")
    return rest if newline else cut


def _start_of(text: str, limit: int = SUFFIX_CHARACTERS_MAX) -> str:
    """The first lines, as many as fit; of a line that alone is longer, its beginning."""
    if len(text) <= limit:
        return text
    cut = text[:limit]
    rest, newline, _ = cut.rpartition("\n")
    return rest if newline else cut
