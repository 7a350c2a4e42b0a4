"""Git repositories to edit: one that is generated, or a copy of any other. Must not know editors or the server."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

FILES: Mapping[str, str] = {
    "src/kiln/sessions.py": '''\
"""Sessions of users."""

import hmac


class CookieSigner:
    """Signs session cookies with the secret key."""

    def __init__(self, secret_key: str) -> None:
        self.secret_key = secret_key

    def sign(self, payload: bytes) -> str:
        """Return the signature of a session cookie."""
        return hmac.new(self.secret_key.encode(), payload, "sha256").hexdigest()
''',
    "src/kiln/routes.py": '''\
"""Routes of the application."""


class RouteTable:
    """Maps paths to view functions."""

    def __init__(self) -> None:
        self.views = {}


def register_route(table: RouteTable, path: str, view) -> None:
    """Register a view function under a path; a second one under the same path is an error."""
    if path in table.views:
        raise ValueError(path)
    table.views[path] = view
''',
    "src/kiln/application.py": '''\
"""The application: sessions and routes together."""

from kiln.routes import RouteTable, register_route
from kiln.sessions import CookieSigner


def make_application(secret_key: str) -> RouteTable:
    """Build an application with its first two routes."""
    table, signer = RouteTable(), CookieSigner(secret_key)
    register_route(table, "/", lambda: signer.sign(b"home"))
    register_route(table, "/naïve/🔑", lambda: "é𝄞")
    return table
''',
    "web/app.js": "// Starts the page.\nexport function startPage() {\n  return document.title;\n}\n",
    "README.md": "# Kiln\n\nA small web framework.\n\n## Sessions\n\nCookies are signed.\n",
}
OTHER_BRANCH = "side"
OTHER_FILE = "lantern_archive.py"
OTHER_WORDS = "dusty lantern archive"
"""What only the other branch speaks of."""
OTHER_TEXT = (
    '"""The dusty lantern archive."""\n\n\ndef open_lantern_archive():\n    """Open the dusty lantern archive."""\n'
)
BYTES_AS_THEY_ARE = "* -text -filter !working-tree-encoding\n"
"""Whatever a repository says of its files: one of Sphinx's is not in the encoding that it is said to have."""
CHANGED_FILES_MAX = 5_000
"""At most so many files differ between the two branches."""

_CODE = (".py", ".ts", ".js", ".go", ".rs", ".java", ".rb", ".php", ".scala", ".ex", ".c", ".cs", ".lua")
_ASIDE = re.compile(r"(^|/|_|\.)(tests?|specs?|examples?|bench\w*|fixtures?|docs?|vendor)(/|_|\.)", re.I)
_DEFINITION = re.compile(
    r"^(?:export |default |public |pub |async |static |abstract )*"
    r"(?:def|class|func|function|fn|interface|struct|trait|type) ([A-Za-z]\w{7,})",
    re.M,
)
_SMALL_WORDS = frozenset(("as", "by", "can", "for", "from", "in", "into", "is", "of", "on", "or", "to", "with"))


class Target(NamedTuple):
    """A definition to ask for, found in the repository itself."""

    path: str
    name: str
    line: int
    question: str


def generate(folder: Path) -> None:
    """A small repository with two branches."""
    for name, text in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    begin(folder)


def copy(original: Path, folder: Path) -> None:
    """The files of another tree, without its history, with two branches of ours."""
    leave_out = shutil.ignore_patterns(".git", ".scholiast", "node_modules", ".venv", "__pycache__")
    shutil.copytree(original, folder, symlinks=True, ignore=leave_out)
    begin(folder)


def begin(folder: Path) -> None:
    """Commit what is there, and make a branch on which every file of code has one line more."""
    git(folder, "init", "-q", "-b", "main")
    (folder / ".git" / "info" / "attributes").write_text(BYTES_AS_THEY_ARE, "utf-8")
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "all")
    git(folder, "checkout", "-q", "-b", OTHER_BRANCH)
    for path in code_of(folder)[:CHANGED_FILES_MAX]:
        with (folder / path).open("ab") as file:
            file.write(b"\n")
    (folder / OTHER_FILE).write_text(OTHER_TEXT, "utf-8")
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "one line more everywhere")
    git(folder, "checkout", "-q", "main")


def git(folder: Path, *arguments: str) -> str:
    """What git prints, as an author of its own and without the user's settings."""
    identity = ["-c", "user.name=t", "-c", "user.email=t@localhost", "-c", "commit.gpgsign=false"]
    environment = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    command = ["git", *identity, *arguments]
    return subprocess.run(command, cwd=folder, env=environment, check=True, capture_output=True, text=True).stdout


def code_of(folder: Path) -> list[str]:
    """Files of code, without tests, examples and documents."""
    tracked = git(folder, "ls-files", "-z").split("\0")
    return [
        path
        for path in tracked
        if path.endswith(_CODE) and not _ASIDE.search(path) and (folder / path).is_file() and path.isascii()
    ]


def find_target(folder: Path) -> Target:
    """The definition whose name is made of words, defined once, and used in the most files."""
    texts = {path: (folder / path).read_text("utf-8", errors="replace") for path in code_of(folder)}
    defined = Counter(name for text in texts.values() for name in _DEFINITION.findall(text))
    used = Counter(word for text in texts.values() for word in set(re.findall(r"\w+", text)))
    candidates = [
        found for path, text in texts.items() for found in definitions(path, text) if defined[found.name] == 1
    ]
    if not candidates:
        raise ValueError(f"{folder} defines nothing under a name of several words")
    return max(candidates, key=lambda found: (used[found.name], found.name))


def definitions(path: str, text: str) -> Iterator[Target]:
    """Definitions of a file whose names are made of two words or more that mean something in a question."""
    for match in _DEFINITION.finditer(text):
        words = [word.lower() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", match[1])]
        if len(words) > 1 and not _SMALL_WORDS & set(words):
            yield Target(path, match[1], text.count("\n", 0, match.start(1)) + 1, f"where is the {' '.join(words)}?")
