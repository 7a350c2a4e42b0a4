"""Citations that need attention as SARIF 2.1.0, which code scanning reads. Pure; must not know how they were found."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from scholiast_indexer import __version__
from scholiast_server.citing import Finding

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_RULES = (
    ("citation-moved", "warning", "The code that is cited stands elsewhere now."),
    ("citation-broken", "error", "The code that is cited is gone."),
)


def sarif(found: Sequence[tuple[str, int, int, Finding]]) -> dict[str, Any]:
    """The document.

    Args:
        found: For each citation the path of its file, relative to the workspace, line and column from 1, and what is
            wrong with it.
    """
    driver = {
        "name": "Scholiast",
        "version": __version__,
        "rules": [
            {"id": id_, "shortDescription": {"text": text}, "defaultConfiguration": {"level": level}}
            for id_, level, text in _RULES
        ],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(*item) for item in found],
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _result(path: str, line: int, column: int, finding: Finding) -> dict[str, Any]:
    cited = finding.citation
    file = {"uri": quote(os.fsencode(path)), "uriBaseId": "%SRCROOT%"}
    region = {"startLine": line, "startColumn": column, "byteOffset": cited.start_byte, "byteLength": _length(finding)}
    index, (rule, level, _) = next((at, rule) for at, rule in enumerate(_RULES) if rule[0].endswith(finding.status))
    result: dict[str, Any] = {
        "ruleId": rule,
        "ruleIndex": index,
        "level": level,
        "message": {"text": f"This citation is out of date: {finding.reason}."},
        "locations": [{"physicalLocation": {"artifactLocation": file, "region": region}}],
    }
    if finding.replacement:
        put = {"deletedRegion": region, "insertedContent": {"text": finding.replacement}}
        change = {"artifactLocation": file, "replacements": [put]}
        result["fixes"] = [{"description": {"text": f"Cite {finding.replacement}"}, "artifactChanges": [change]}]
    return result


def _length(finding: Finding) -> int:
    return finding.citation.end_byte - finding.citation.start_byte
