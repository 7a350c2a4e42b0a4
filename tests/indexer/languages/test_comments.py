"""Comments and docstrings become plain text."""

from __future__ import annotations

import pytest

from scholiast_indexer.languages.comments import plain_comment, plain_string
from scholiast_indexer.limits import DOC_CHARS_MAX

COMMENTS = [
    ([b"// Opens a file.", b"// Closes none."], "Opens a file.\nCloses none."),
    ([b"/// Opens.", b"///", b"///     let x = 1;"], "Opens.\n\n    let x = 1;"),
    ([b"/** Opens. */"], "Opens."),
    ([b"/**\n * Opens.\n *\n * @param path where\n */"], "Opens.\n\n@param path where"),
    ([b"/*\n   Opens.\n     Twice.\n*/"], "Opens.\n  Twice."),
    ([b"/*!\n * Opens.\n */"], "Opens."),
    ([b"# Opens.", b"#  indented"], "Opens.\n indented"),
    ([b"-- | Opens.", b"-- More."], "Opens.\nMore."),
    ([b"--- Opens.", b"---@param path string"], "Opens.\n@param path string"),
    ([b"--[[ Opens.\n  Long.\n]]"], "Opens.\nLong."),
    ([b"{- | Opens. -}"], "Opens."),
    ([b"(** Opens.\n\n    Twice. *)"], "Opens.\n\nTwice."),
    ([b";; Opens.", b";;; Twice."], "Opens.\nTwice."),
    ([b"%% @doc Opens."], "@doc Opens."),
    ([b"//-------------", b"// Opens.", b"//============="], "Opens."),
    ([b"// nearest block counts", b"/** Opens. */"], "Opens."),
    ([b"// note to self", b"/// Opens."], "Opens."),
    ([b"//go:build linux", b"// Opens."], "Opens."),
    ([b"# frozen_string_literal: true"], ""),
    ([b"/*#__PURE__*/"], ""),
    ([b"/* @__PURE__ */"], ""),
    ([b"##", b"# Opens.", b"# Twice."], "Opens.\nTwice."),
    ([b"# note to self", b"## Opens."], "Opens."),
    ([b"// eslint-disable-next-line no-undef"], ""),
    ([b'/// <summary>\n/// Reads <see cref="T:Order"/>s.\n/// </summary>'], "Reads Orders."),
    ([b'/// <param name="id">Which.</param>'], "id: Which."),
    ([b"//"], ""),
    ([b"/**/"], ""),
    ([b"// \xff\xfe"], "\ufffd\ufffd"),
]

STRINGS = [
    (b'"""Opens."""', "Opens."),
    (b"'''Opens.'''", "Opens."),
    (b'r"""Opens \\d."""', "Opens \\d."),
    (b'"""Opens.\n\n    Twice:\n\n        x = 1\n    """', "Opens.\n\nTwice:\n\n    x = 1"),
    (b'"""\n    Opens.\n    """', "Opens."),
    (b'~S"""\n  Opens.\n  """', "Opens."),
    (b'"Opens."', "Opens."),
    (b'""', ""),
    (b'"""', ""),
]


@pytest.mark.parametrize(("pieces", "text"), COMMENTS)
def test_comment_marks_and_common_indent_are_removed(pieces: list[bytes], text: str) -> None:
    assert plain_comment(pieces) == text


@pytest.mark.parametrize(("literal", "text"), STRINGS)
def test_quotes_and_common_indent_are_removed(literal: bytes, text: str) -> None:
    assert plain_string(literal) == text


def test_a_licence_at_the_top_of_a_file_documents_nothing() -> None:
    licence = [b"// Copyright 2020 The Authors.", b"// SPDX-License-Identifier: MIT"]
    assert plain_comment(licence, opens_file=True) == ""
    assert plain_comment(licence, opens_file=False) != ""


def test_a_long_comment_is_cut() -> None:
    assert len(plain_comment([b"// " + b"word " * 5_000])) <= DOC_CHARS_MAX
    assert len(plain_string(b'"""' + b"word " * 5_000 + b'"""')) <= DOC_CHARS_MAX
