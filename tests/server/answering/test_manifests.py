"""The version of a language or a tool that a project wants is read from its manifests."""

from __future__ import annotations

import pytest

from scholiast_server.answering.manifests import version_line, wanted_version_of, wanted_versions


@pytest.mark.parametrize(
    ("question", "subject"),
    [
        ("which version of python is required?", "python"),
        ("what ruby version does sinatra need?", "ruby"),
        ("minimum supported rust version", "rust"),
        ("what is the version of Kotlin", "kotlin"),
        ("which node.js versions are supported?", "node"),
        ("how is the python version parsed?", ""),
        ("where is the HTTP version checked?", ""),
        ("how do I run it in python?", ""),
        ("what is the version of the protocol?", ""),
    ],
)
def test_questions_of_a_version_are_told_from_others(question: str, subject: str) -> None:
    assert wanted_version_of(question) == subject


@pytest.mark.parametrize(
    ("subject", "text", "line"),
    [
        ("python", 'python-dotenv = "1.0"\n  "Python :: 3.9",\nrequires-python = ">=3.9"', 2),
        ("go", "module example.com/go-shell\nrequire example.com/go/x v1.2.0\n\ngo 1.23.0", 3),
        ("ruby", "s.version = '1.0'\ns.required_ruby_version = '>= 2.7'", 1),
        ("ruby", "gem 'pandoc-ruby', '~> 2.0.2'", None),
        ("ruby", "ruby_head = RUBY_PATCHLEVEL == -1", None),
        ("rust", 'edition = "2021"\nrust-version = "1.88"', 1),
        ("kotlin", "'kotlin': '1.5.21',", 0),
        ("node", '"engines": {\n  "node": ">=18"\n}', 1),
        ("elixir", 'version: "3.0",\nelixir: "~> 1.14",', 1),
        ("python", "name = 'web'\nversion = '1.0'", None),
    ],
)
def test_the_line_that_says_it_is_found(subject: str, text: str, line: int | None) -> None:
    found = version_line(text.split("\n"), subject)
    assert (found and found[1]) == line


def test_what_says_it_most_plainly_comes_first_then_what_is_near_the_root() -> None:
    files = {
        "Gemfile": b"python '3.7'\n",
        "docs/a/pyproject.toml": b'requires-python = ">=3.12"\n',
        "pyproject.toml": b'[project]\nrequires-python = ">=3.10"\n',
        "web/python.py": b"python = 3.8\n",
    }
    found = wanted_versions("which python version is required?", files, files.get)
    places = [(piece.path, piece.start_line, piece.end_line, piece.text) for piece in found]
    assert places == [
        ("pyproject.toml", 2, 2, 'requires-python = ">=3.10"'),
        ("docs/a/pyproject.toml", 1, 1, 'requires-python = ">=3.12"'),
        ("Gemfile", 1, 1, "python '3.7'"),
    ]
    assert wanted_versions("how are routes registered?", files, files.get) == ()
