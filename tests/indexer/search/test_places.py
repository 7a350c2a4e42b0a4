"""What paths say of the code in them."""

from __future__ import annotations

import pytest

from scholiast_indexer.search.places import older_versions, place_of


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


@pytest.mark.parametrize(
    ("paths", "older"),
    [
        ({"api/v3/user.ts", "api/v4/user.ts"}, {"api/v3/user.ts"}),
        ({"api/v1/types.go", "api/v1beta1/types.go", "api/v1alpha2/types.go"},
         {"api/v1beta1/types.go", "api/v1alpha2/types.go"}),
        ({"V9/a.cs", "V10/a.cs"}, {"V9/a.cs"}),
        ({"web/v1/a.ts", "shop/v2/a.ts"}, set()),
        ({"api/v3/user.ts", "api/user.ts"}, set()),
        ({"api/vendor/a.go", "api/v/a.go", "api/v4.ts", "api/view2/a.go"}, set()),
    ],
)  # fmt: skip
def test_a_folder_beside_a_later_version_of_it_is_older(paths: set[str], older: set[str]) -> None:
    assert older_versions(paths, ()) == older


def test_a_version_that_is_asked_for_is_not_older() -> None:
    assert not older_versions({"api/v3/user.ts", "api/v4/user.ts"}, {"v3"})
