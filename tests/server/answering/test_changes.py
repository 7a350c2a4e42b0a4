"""What a commit is to hold, as numbered pieces that a message can cite."""

from __future__ import annotations

from scholiast_server.answering.changes import changes_in
from scholiast_server.answering.citations import check_answer
from scholiast_server.answering.limits import CHANGED_PIECES_MAX, EVIDENCE_LINES_MAX

DIFF = b"""\
diff --git a/src/a.py b/src/a.py
index 1..2 100644
--- a/src/a.py
+++ b/src/a.py
@@ -1,2 +1,3 @@ def route(rule):
 def route(rule):
+    check(rule)
     return rule
@@ -40 +41 @@ class App:
-    x = 1
+    x = 2
diff --git a/gone.go b/gone.go
deleted file mode 100644
--- a/gone.go
+++ /dev/null
@@ -1 +0,0 @@
-package gone
diff --git a/logo.png b/logo.png
Binary files a/logo.png and b/logo.png differ
diff --git a/key.pem b/key.pem
--- a/key.pem
+++ b/key.pem
@@ -1 +1 @@
+secret
"""


def test_each_file_is_a_text_of_its_own_and_what_can_not_be_shown_is_left_out() -> None:
    changes = changes_in(DIFF, lambda path, text: path.endswith(".pem") and b"secret" in text)
    first, second = changes.pieces
    assert (first.n, first.path, first.language, first.start_line, first.end_line) == (1, "src/a.py", "python", 1, 7)
    assert first.text.split("\n")[:3] == ["@@ -1,2 +1,3 @@ def route(rule):", " def route(rule):", "+    check(rule)"]
    assert (second.n, second.path, second.text) == (2, "gone.go", "@@ -1 +0,0 @@\n-package gone")


def test_a_message_is_held_against_the_changes() -> None:
    changes = changes_in(DIFF, lambda path, text: False)
    text = "Have `route` call `check` [1]. Drop `gone` [2]. Add `launch` [1]."
    found = check_answer(text, changes.pieces, changes.read).sentences
    assert [sentence.status for sentence in found] == ["verified", "verified", "unsupported"]


def test_of_many_changes_the_first_of_each_file_come_first() -> None:
    long = b"".join(b"+line %d\n" % number for number in range(EVIDENCE_LINES_MAX * 4))
    files = [b"diff --git a/%d b/%d\n+++ b/%d\n@@ -0,0 +1 @@\n%s" % (n, n, n, long) for n in range(CHANGED_PIECES_MAX)]
    pieces = changes_in(b"".join(files), lambda path, text: False).pieces
    assert [piece.path for piece in pieces] == [str(number) for number in range(CHANGED_PIECES_MAX)]
    assert all(piece.start_line == 1 and piece.end_line == EVIDENCE_LINES_MAX for piece in pieces)


def test_anything_at_all_is_taken() -> None:
    for diff in (b"", b"nonsense", b"diff --git ", b"diff --git a b\n+++ b/x\n", DIFF[:40], b"\xff" * 50):
        assert changes_in(diff, lambda path, text: False).pieces == ()
