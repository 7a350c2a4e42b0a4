"""What paths say of the code in them."""

from __future__ import annotations

import pytest

from scholiast_indexer.search.places import place_of


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("src/flask/app.py", "source"),
        ("tests/test_app.py", "test"),
        ("src/test_utils.py", "test"),
        ("pkg/server_test.go", "test"),
        ("web/button.spec.ts", "test"),
        ("java/src/test/java/FooTest.java", "test"),
        ("Tests/VaporTests/Support/Requests.swift", "test"),
        ("src/Dapper.Tests/Helpers.cs", "test"),
        ("app/src/androidTest/kotlin/Setup.kt", "test"),
        ("integration-tests/support/server.ts", "test"),
        ("lib/test_functions.bash", "source"),
        ("src/latest/contest.py", "source"),
        ("src/Contest/Greatest.cs", "source"),
        ("lib/testing.py", "source"),
        ("src/attestation/verify.go", "source"),
        ("examples/hello/main.rs", "example"),
        ("README.md", "document"),
        ("docs/conf.py", "document"),
        ("CHANGES.rst", "document"),
        ("src/documents/store.py", "source"),
    ],
)
def test_place(path: str, place: str) -> None:
    assert place_of(path) == place
