"""Doc comments of many notations as plain sentences and as clauses; source read for what it calls and raises."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scholiast_server.models.extractive.docs import all_sentences, description, lead
from scholiast_server.models.extractive.phrasing import CLAUSE_CHARACTERS_MAX, clause, shorten
from scholiast_server.models.extractive.source import bases, calls, comments, raises


@pytest.mark.parametrize(
    ("doc", "expected"),
    [
        ("Register with :meth:`~web.App.add_rule` and ``options``.", "Register with `add_rule` and `options`."),
        ("See the :ref:`guide <the-guide>`. Calls :func:`run`.", "See the `guide`. Calls `run`."),
        ("Stop.\n\n:param x: the thing\n:return: nothing", "Stop."),
        ("Stop.\n\nArgs:\n    x: the thing", "Stop."),
        ("Stop.\n\nParameters\n----------\nx : int", "Stop."),
        ("Run it.\n\n.. versionadded:: 2.0\n   The ``x`` parameter.\n\nThen stop.", "Run it.\n\nThen stop."),
        ("Run it::\n\n    run()\n    run()\n\nThen stop.", "Run it.\n\nThen stop."),
        ("Gets {@code null} or {@link Foo#bar(int)}.\n@param x y\n@return z", "Gets `null` or `Foo.bar`."),
        ("<p>One <b>bold</b> &lt;thing&gt;.<p>Two.", "One bold <thing>.\n\nTwo."),
        ("@brief Adds \\p x to \\c y.\n@param x a", "Adds `x` to `y`."),
        ("Wraps [`Body`] and [docs](https://x.y/z).\n\n# Examples\n\n```\nuse it\n```", "Wraps `Body` and docs."),
        ("Uses +name+ as *key*, see [1].", "Uses `name` as key, see."),
        ("#: How long to wait.", "How long to wait."),
        ("= Web::Cookies\nReads cookies.\n== Usage\nUse it.", "Reads cookies."),
        ("Prevented attack::   CSRF\nMore::  all\n\nDrops it.", "Prevented attack: CSRF\n\nMore: all\n\nDrops it."),
        ("", ""),
    ],
)  # fmt: skip
def test_markup_becomes_plain_words(doc: str, expected: str) -> None:
    assert description(doc) == expected


def test_licences_and_references_are_no_description() -> None:
    assert lead("Copyright 2020 The Authors. Licensed under MIT. Runs the loop.", 3) == ["Runs the loop."]


@pytest.mark.parametrize(
    "line", ["More infos: https://web.test/attack", "https://web.test", "|one| two |three| four |five|"]
)
def test_addresses_and_tables_are_no_sentences(line: str) -> None:
    assert lead(f"{line}\n\nRuns the loop.", 3) == ["Runs the loop."]


@pytest.mark.parametrize(
    ("sentence", "name", "expected"),
    [
        ("Decorate a view and return it.", "App.route", "decorates a view and returns it"),
        ("Returns the next item.", "Queue.pop", "returns the next item"),
        ("Match a path.", "m", "matches a path"),
        ("Copy it.", "m", "copies it"),
        ("Execute uses the arguments.", "Command.Execute", "uses the arguments"),
        ("A factory of clients.", "F", "is a factory of clients"),
        ("The default timeout.", "T", "is the default timeout"),
        ("This class holds all rules.", "Rules", "holds all rules"),
        ("Called before the context is popped.", "f", "is called before the context is popped"),
        ("List of names.", "NAMES", None),
        ("Common behaviour of both.", "Base", None),
        ("The flask object implements a protocol.", "Base", None),
        ("Base class for all applications.", "web.Base", None),
        ("Query parameter of the URL.", "Query", None),
        ("A signer securely signs bytes, then unsigns them.", "Signer", None),
        ("An Ecto schema maps external data into structs.", "Schema", None),
        ("A factory of clients, which sends requests.", "F", "is a factory of clients, which sends requests"),
        ("The number of reads.", "N", "is the number of reads"),
        ("Listener functions for events.", "Listener", None),
        ("Render a template.", "web.render", "renders a template"),
        ("Pass true to freeze all copies.", "setAutoFreeze", None),
        ("Use this to stop.", "stop", None),
        ("Use the cache.", "load", "uses the cache"),
        ("Prevented attack: CSRF.", "JsonCsrf", None),
    ],
)
def test_a_doc_sentence_becomes_a_clause(sentence: str, name: str, expected: str | None) -> None:
    assert clause(sentence, name) == expected


@given(st.text())
def test_any_doc_comment_is_taken(doc: str) -> None:
    for sentence in all_sentences(doc):
        assert sentence == sentence.strip()
    description(doc)


@given(st.lists(st.sampled_from(["word", "`code here`", ", ", " ", "(a", "b)", "; "]), max_size=120).map("".join))
def test_a_shortened_sentence_keeps_code_and_brackets_whole(sentence: str) -> None:
    short = shorten(sentence)
    assert len(short) <= CLAUSE_CHARACTERS_MAX + 2
    if sentence.count("`") % 2 == 0:
        assert short.count("`") % 2 == 0


@pytest.mark.parametrize("text", ["a_" * 20_000, "aA" * 20_000, "(" * 20_000, '"' * 20_001, "raise A(" * 4_000])
def test_source_of_any_shape_is_read_in_linear_time(text: str) -> None:
    for language in ("python", "c", "rust", "lua"):
        calls(text, language)
        raises(text, language)
        comments(text, language)


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("def f():\n    # g()\n    return self.app.add(hash_of(1), 'k()')\n", "python", ("add", "hash_of")),
        ("int f(void) { /* no() */ heap_insert(a, less_than(b)); }", "c", ("heap_insert", "less_than")),
        ("fn f<'a>(x: &'a str) { x.trim_end(); build::<T>(); }", "rust", ("trim_end", "build")),
        ("raise KeyError(name_of(x))", "python", ("name_of",)),
    ],
)
def test_calls_are_read_outside_strings_and_comments(text: str, language: str, expected: tuple[str, ...]) -> None:
    assert calls(text, language) == expected


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ('raise ValueError("the name is empty")', "python", (("ValueError", "the name is empty"),)),
        ("# raise ValueError()\nraise web.NotFound", "python", (("web.NotFound", ""),)),
        ('throw new IllegalStateException("closed already.");', "java", (("IllegalStateException", "closed already"),)),
        ("raise", "python", ()),
    ],
)
def test_errors_are_read_with_their_message(text: str, language: str, expected: tuple[tuple[str, str], ...]) -> None:
    assert raises(text, language) == expected


@pytest.mark.parametrize(
    ("signature", "expected"),
    [
        ("abstract class ServiceMethod<T>", ()),
        ("final class HeaderMap<T> extends Handler<Map<String, T>>", ("Handler",)),
        ("class A<T> extends B<T> implements C<R, S>, D", ("B", "C", "D")),
        ("class A < B", ("B",)),
        ("class Web::A < Rack::B", ("Rack::B",)),
        ("class A<T> : B<C<D>>(x), E", ("B", "E")),
        ("class A(Base, metaclass=M)", ("Base",)),
    ],
)
def test_bases_are_told_from_type_parameters(signature: str, expected: tuple[str, ...]) -> None:
    assert bases(signature) == expected
