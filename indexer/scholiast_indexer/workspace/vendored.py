"""Which folders hold other people's code or a tool's leavings; must not know ignore rules."""

from __future__ import annotations

import os

OWN_FOLDERS = frozenset({b".git", b".hg", b".jj", b".scholiast", b".svn", b"CVS"})
"""What version control and Scholiast itself keep: never part of a workspace, nor worth a line about it."""

_ALWAYS = frozenset({
    b".bundle", b".eggs", b".nox", b".pnpm-store", b".tox", b".venv", b".yarn", b"3rdparty", b"3rd_party",
    b"Carthage", b"Godeps", b"Pods", b"__pypackages__", b"_vendor", b"bower_components", b"jspm_packages",
    b"node_modules", b"site-packages", b"third-party", b"third_party", b"thirdparty",
})  # fmt: skip

_CACHES = frozenset({
    b".angular", b".dart_tool", b".gradle", b".hypothesis", b".ipynb_checkpoints", b".mypy_cache", b".next",
    b".nuxt", b".parcel-cache", b".pytest_cache", b".ruff_cache", b".svelte-kit", b".terraform", b".turbo",
    b"__pycache__",
})  # fmt: skip

USUALLY_LEFT_OUT = OWN_FOLDERS | _ALWAYS | _CACHES
"""Left out by name alone, unless `.scholiastignore` asks for them."""

_SYSTEM = frozenset({b"dev", b"proc", b"run", b"sys"})
"""At the root of the file system: devices, processes and switches that are no files, whatever they look like."""

_VENDOR_MARKS = (b"modules.txt", b"autoload.php", b"bundle", b"cache")
"""What Go, Composer and Bundler leave in a folder named `vendor`."""
_VENDORING_MANIFESTS = (b"go.mod", b"composer.json", b"Gemfile", b"Cargo.toml", b"package.json")
_OWN_CODE_MARKS = (
    b"__init__.py", b"mod.rs", b"package-info.java", b"index.ts", b"index.tsx", b"models.py", b"mix.exs",
)  # fmt: skip
"""A package of the project itself that happens to be about vendors."""


def reason_for_folder(root: bytes, path: bytes) -> str | None:
    """Why the folder `path` below `root` is left out whole; None when it is to be looked into."""
    name = path.rpartition(b"/")[2]
    if root == b"/" and path in _SYSTEM:
        return "system"
    if name in _ALWAYS:
        return "vendored"
    if name in _CACHES:
        return "cache"
    place = os.path.join(root, path)  # noqa: PTH118  bytes, which pathlib does not take
    if name in (b"venv", b"env", b"virtualenv"):
        return "vendored" if _holds(place, (b"pyvenv.cfg",)) else None
    if name == b"vendor":
        return "vendored" if _is_third_party(place, at_top=b"/" not in path) else None
    if name == b"deps":
        return "vendored" if _holds(os.path.dirname(place), (b"mix.exs",)) else None  # noqa: PTH120  bytes
    return None


def _is_third_party(place: bytes, *, at_top: bool) -> bool:
    if _holds(place, _VENDOR_MARKS):
        return True
    if _holds(place, _OWN_CODE_MARKS):
        return False
    return at_top or _holds(os.path.dirname(place), _VENDORING_MANIFESTS)  # noqa: PTH120  bytes


def _holds(place: bytes, names: tuple[bytes, ...]) -> bool:
    return any(os.path.lexists(place + b"/" + name) for name in names)
