"""A file's language follows from its name, then from its beginning."""

from __future__ import annotations

from collections import Counter

import pytest

from scholiast_indexer.languages import LANGUAGES, detect

BY_NAME = {
    "src/app.py": "python",
    "types.pyi": "python",
    "a.PY": "python",
    "index.mjs": "javascript",
    "view.jsx": "javascript",
    "server.cts": "typescript",
    "types.d.ts": "typescript",
    "App.tsx": "tsx",
    "lib.rs": "rust",
    "Main.kt": "kotlin",
    "build.gradle.kts": "kotlin",
    "build.gradle": "groovy",
    "parser.mli": "ocaml_interface",
    "test.bats": "bash",
    "Rakefile": "ruby",
    "Gemfile": "ruby",
    "config.ru": "ruby",
    "Makefile": "make",
    "Makefile.PL": "perl",
    "rules.mk": "make",
    "Dockerfile": "dockerfile",
    "Dockerfile.dev": "dockerfile",
    "api.dockerfile": "dockerfile",
    "index.html.erb": "embedded_template",
    "page.html": "html",
    "Card.vue": "vue",
    "Card.svelte": "svelte",
    "go.mod": "gomod",
    "main.tf": "hcl",
    "solver.f90": "fortran",
    "SOLVER.FOR": "fixed_form_fortran",
    "init.el": "elisp",
    "api.proto": "proto",
    "schema.graphql": "graphql",
    "flake.nix": "nix",
    "run.ps1": "powershell",
    "main.dart": "dart",
    "core.cljs": "clojure",
    "main.nim": "nim",
    "notes.ipynb": "notebook",
    "Jenkinsfile": "groovy",
    "paper.tex": "latex",
    "guide.adoc": "asciidoc",
    "CMakeLists.txt": "cmake",
    "notes.txt": "text",
    "README": "text",
    "README.md": "markdown",
    "Cargo.lock": "toml",
    ".bashrc": "bash",
    "C:\\src\\main.go": "go",
    "archive.tar.unknown": None,
    "noextension": None,
    ".hidden": None,
    "": None,
}

BY_FIRST_LINE = {
    b"#!/usr/bin/python3.12": "python",
    b"#!/usr/bin/env python": "python",
    b"#!/usr/bin/env -S DEBUG=1 node --no-warnings\n": "javascript",
    b"#!/usr/bin/env -S uv run --script": None,
    b"#! /bin/sh -e\n": "bash",
    b"#!/usr/local/bin/bash\r\n": "bash",
    b"#!/usr/bin/env ruby2.7": "ruby",
    b"#!/usr/bin/lua5.4": "lua",
    b"#!/usr/bin/perl -w": "perl",
    b"#!/usr/bin/env Rscript": "r",
    b"#!/usr/bin/env escript": "erlang",
    b"\xef\xbb\xbf#!/usr/bin/env php": "php",
    b"<?php echo 1;": "php",
    b"<?xml version='1.0'?>": "xml",
    b"<!DOCTYPE html>": "html",
    b"#!": None,
    b"#!/usr/bin/env": None,
    b"\x00\xff\x00": None,
    b"": None,
}

SOURCED = {
    ("completion/zsh/_task", b"#compdef task\n"): "bash",
    ("helper/git-extra-utility", b"# put all functions here\n\ngit_extra_mktemp() {\n    mktemp\n}\n"): "bash",
    ("plugins/apps/internal-functions", b"# shellcheck shell=bash\nset -e\n"): "bash",
    ("lib/common", b"function die () {\r\n  exit 1\r\n}\r\n"): "bash",
    ("main.unknown", b"main() {\n}\n"): None,
    ("notes", b"Call main() { first.\n"): None,
    ("old/main", b"int main() {\n}\n"): None,
}

HEADERS = {
    b"#ifndef A_H\n#include <stdio.h>\nint f(void);\n": "c",
    b"#include <vector>\n": "cpp",
    b"#pragma once\nnamespace a {\n": "cpp",
    b"  template <typename T>\n": "cpp",
    b'#ifdef __cplusplus\nextern "C" {\n#endif\nint f(void);\n': "c",
    b"#import <Foundation/Foundation.h>\n": "objc",
    b"@interface Loader : NSObject\n": "objc",
    b"": "c",
}


@pytest.mark.parametrize(("path", "language"), BY_NAME.items())
def test_a_name_tells_the_language(path: str, language: str | None) -> None:
    assert detect(path) == language


@pytest.mark.parametrize(("line", "language"), BY_FIRST_LINE.items())
def test_the_first_line_tells_the_language_of_a_file_without_extension(line: bytes, language: str | None) -> None:
    assert detect("bin/tool", line) == language


@pytest.mark.parametrize(("path", "beginning", "language"), [(*file, language) for file, language in SOURCED.items()])
def test_what_shells_read_functions_from_needs_no_shebang(path: str, beginning: bytes, language: str | None) -> None:
    assert detect(path, beginning) == language


@pytest.mark.parametrize(("beginning", "language"), HEADERS.items())
def test_a_header_shows_its_language_at_its_beginning(beginning: bytes, language: str) -> None:
    assert detect("include/a.h", beginning) == language


def test_a_known_extension_outweighs_the_shebang() -> None:
    assert detect("tool.rb", b"#!/usr/bin/env python") == "ruby"


@pytest.mark.parametrize("field", ["extensions", "filenames", "interpreters"])
def test_no_two_languages_claim_the_same_files(field: str) -> None:
    claims = Counter(claim for row in LANGUAGES.values() for claim in getattr(row, field))
    assert [claim for claim, count in claims.items() if count > 1] == []


def test_extensions_are_lower_case_and_begin_with_a_dot() -> None:
    extensions = [extension for row in LANGUAGES.values() for extension in row.extensions]
    assert all(extension.startswith(".") and extension == extension.lower() for extension in extensions)


def test_each_language_stands_under_its_own_name() -> None:
    assert all(name == row.name for name, row in LANGUAGES.items())
