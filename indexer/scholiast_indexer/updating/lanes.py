"""Which files are best read by one worker: those of a language. Pure; must not know workers or what is in files."""

from __future__ import annotations

from collections.abc import Sequence

from scholiast_indexer.languages import detect
from scholiast_indexer.limits import BATCH_BYTES
from scholiast_indexer.workspace.values import FileStat

_FAMILIES = {"cpp": "c", "objc": "c", "tsx": "typescript", "javascript": "typescript"}
"""Languages that share the names of their files, or most of their words."""


def language_lanes(files: Sequence[FileStat], lanes_max: int) -> list[list[FileStat]]:
    """The files in lanes of about as many bytes each, no language in two of them; one lane where they are few.

    Each lane has its small languages first, so that the end, where idle workers help, is of one language.
    """
    groups: dict[str, list[FileStat]] = {}
    for file in files:
        language = detect(file.path) or ""
        groups.setdefault(_FAMILIES.get(language, language), []).append(file)
    sizes = {language: sum(file.size for file in group) for language, group in groups.items()}
    count = max(1, min(lanes_max, len(groups), sum(sizes.values()) // BATCH_BYTES))
    lanes: list[list[FileStat]] = [[] for _ in range(count)]
    loads = [0] * count
    for language in sorted(groups, key=sizes.__getitem__, reverse=True):
        lightest = loads.index(min(loads))
        loads[lightest] += sizes[language]
        lanes[lightest] = groups[language] + lanes[lightest]
    return lanes
