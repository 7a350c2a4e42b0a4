"""The script that fetches Neovims reads any apt's sources and says in one line why it can't work."""

from __future__ import annotations

import runpy
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).with_name("fetch_neovim.py")

STANZA = """\
# kept
Types: deb
URIs: http://mirror.invalid/debian
Suites: bookworm bookworm-updates
# in between
Components: main contrib
Signed-By: /usr/share/keyrings/some.gpg

Types: deb
URIs: http://elsewhere.invalid/apt
Suites: nodistro
Components: main
"""
EMBEDDED_KEY = "Types: deb deb-src\nURIs: http://m.invalid/\nSuites: bookworm\nSigned-By:\n KEY\n .\n END\n"
FOUND = "Types: deb\nURIs: http://m.invalid/\nSuites: trixie\nComponents: main"


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        (
            "debian.sources",
            STANZA,
            FOUND.replace("m.invalid/", "mirror.invalid/debian") + "\nSigned-By: /usr/share/keyrings/some.gpg",
        ),
        ("debian.sources", EMBEDDED_KEY, FOUND + "\nSigned-By: KEY\n .\n END"),
        ("debian.sources", EMBEDDED_KEY.replace("Types", "Enabled: no\nTypes"), ""),
        ("debian.sources", EMBEDDED_KEY.replace("deb deb-src", "deb-src"), ""),
        ("one.list", "deb http://m.invalid/ bookworm main\ndeb-src http://m.invalid/ bookworm main", FOUND),
        ("one.list", "deb [signed-by=/k.gpg] http://m.invalid/ bookworm main", FOUND + "\nSigned-By: /k.gpg"),
        ("one.list", "# deb http://m.invalid/ bookworm main\ndeb http://m.invalid/ bookworm-updates main", ""),
        ("one.sources.disabled", STANZA, ""),
    ],
)
def test_the_release_of_this_machine_is_asked_of_its_own_mirror(
    tmp_path: Path, name: str, text: str, expected: str
) -> None:
    script = runpy.run_path(str(SCRIPT))
    (tmp_path / "sources.list.d").mkdir()
    (tmp_path / "sources.list.d" / name).write_text(text, "utf-8")
    stanzas = [script["restated"](fields, "bookworm", "trixie") for fields in script["read_sources"](tmp_path)]
    assert "".join(stanzas) == expected


def test_where_it_cannot_work_one_line_says_why(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, SCRIPT, tmp_path / "neovim"], env={"PATH": ""}, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("fetch_neovim: apt-get is missing") and done.stderr.count("\n") == 1
