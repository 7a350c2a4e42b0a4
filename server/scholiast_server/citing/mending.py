"""Where in a text a citation stands, and the text with those put right whose code has moved. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from scholiast_server.citing.types import Finding, Written


def mended(data: bytes, findings: Iterable[Finding]) -> bytes:
    """The text that was checked, with each citation of moved code replaced; those that are broken stay as they are."""
    for finding in sorted(findings, key=lambda finding: finding.citation.start_byte, reverse=True):
        if finding.replacement:
            replacement = finding.replacement.encode("utf-8", "surrogateescape")
            data = data[: finding.citation.start_byte] + replacement + data[finding.citation.end_byte :]
    return data


def place(data: bytes, citation: Written) -> tuple[int, int]:
    """Line and column where a citation begins, both from 1; the column in characters."""
    before = (data[: citation.start_byte] + b"|").splitlines()
    return len(before), len(before[-1].decode("utf-8", "surrogateescape"))
