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
        # Code is named as documents are.
        ("lib/ecto/changeset.ex", "source"),
        ("src/builders/changes.py", "source"),
        ("History.c", "source"),
        ("pkg/license/license.go", "source"),
        ("scripts/install.sh", "source"),
        ("cobra/doc/man_docs.go", "source"),
        ("doc/conf.py", "document"),
        ("LICENSE-MIT", "document"),
        ("lib/theme/README.md.erb", "document"),
        ("install/license.html", "document"),
        ("AUTHORS", "document"),
        ("man/bats.7", "document"),
        ("htop.1.in", "document"),
        ("guides/cheatsheets/crud.cheatmd", "document"),
        # What builders of the JVM ship, and what their modules are for.
        ("retrofit-mock/src/main/java/retrofit2/mock/Calls.java", "source"),
        ("core/src/main/java/javax/crypto/spec/KeySpec.java", "source"),
        ("src/main/java/com/example/demo/Application.java", "source"),
        ("lib/src/commonMain/kotlin/com/example/data/Store.kt", "source"),
        ("samples/src/main/java/com/acme/Crawler.java", "example"),
        ("sample-web/src/jsMain/kotlin/com/example/Main.kt", "example"),
        ("robovm-test/src/main/java/retrofit2/PlatformTest.java", "test"),
        ("numbers-testing/src/main/scala/Strings.scala", "test"),
        ("test-shrinker/src/main/java/com/example/Main.java", "test"),
        ("dialect/src/testFixtures/kotlin/Fixtures.kt", "test"),
        # Tests as other ecosystems keep them.
        ("src/parser/tests.rs", "test"),
        ("app/polls/tests.py", "test"),
        ("src/cli/test.ts", "source"),
        ("base/files/file_unittest.cc", "test"),
        ("folly/FBStringTest.cpp", "test"),
        ("types/index.test-d.ts", "test"),
        ("src/Ftp/FtpAdapterTestCase.php", "test"),
        ("spec/ParserSpec.hs", "test"),
        ("features/hooks.feature", "test"),
        ("features/step_definitions/site.rb", "test"),
        ("src/features/login/page.ts", "source"),
        ("t/01-basic.t", "test"),
        ("test_files/wait_for_ftp.php", "test"),
        ("plugin/testData/project/Main.sq", "test"),
        ("src/ui/__snapshots__/button.tsx.snap", "test"),
        ("src/TestHelper/ValidationResult.cs", "source"),
        ("_examples/rest/main.go", "example"),
        ("watchOS Example/Extension/Networking.swift", "example"),
        ("src/sample_rate/convert.c", "source"),
        ("src/depfile_parser_perftest.cc", "test"),
        ("ui/views/menu_browsertest.cc", "test"),
        ("src/test.h", "test"),
        ("coreutils/test.c", "source"),
        ("okio-testing-support/src/commonMain/kotlin/okio/FakeClock.kt", "test"),
        ("src/Sandbox/SecurityPolicy.php", "source"),
        ("packages/sandbox/src/main.ts", "example"),
        ("sandbox/app.js", "example"),
        # A folder of documents at the top, one of a module about documents below it; what is built with.
        ("man/git-undo.html", "document"),
        ("R/pkg/man/fit.Rd", "document"),
        ("data/core/doc/highlighter.lua", "source"),
        ("src/editor/doc/index.ts", "source"),
        ("lib/doc/logo.svg", "document"),
        ("src/CMakeLists.txt", "source"),
        ("docs/CMakeLists.txt", "document"),
        ("requirements.txt", "source"),
        ("notes.txt", "document"),
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
