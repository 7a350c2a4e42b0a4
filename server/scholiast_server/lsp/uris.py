"""File URIs and paths, of POSIX systems and of Windows alike on any system. Must not know documents or indexes.

Everything here is pure but `resolved` and `root_at`, which follow links on this machine's disk. What a path means
depends on the *flavour*, which is this system's unless the caller says otherwise. No URI makes anything here raise.
"""

from __future__ import annotations

import ntpath
import os
import posixpath
import re
from typing import Literal
from urllib.parse import quote_from_bytes, unquote_to_bytes

import msgspec

Flavour = Literal["posix", "windows"]
THIS_SYSTEM: Flavour = "windows" if os.name == "nt" else "posix"

_FILE_URI = re.compile(r"file:(?://(?P<host>[^/]*))?(?P<path>/.*)?", re.IGNORECASE | re.DOTALL)
_DRIVE = re.compile(r"/*([A-Za-z])[:|](?=/|$)")  # `c|` is how old programs spell it (RFC 8089, appendix E.2.2)
_VERBATIM = re.compile(r"[\\/]{2}[?.][\\/](UNC[\\/])?", re.IGNORECASE)  # `\\?\C:\x` and `\\?\UNC\server\share`
_HERE = ("", "localhost")
_SERVER = re.compile(r"//+(?!\.\.?(?:/|$))([^/:|?*<>]+(?:/.*)?)", re.DOTALL)  # `//./` and `//?/` begin devices' names


def path_of(uri: str, flavour: Flavour = THIS_SYSTEM) -> str | None:
    """The path that a URI names; None when it names no file, or none that this system could open.

    Bytes that are not UTF-8 become lone surrogates, as everywhere in Python's paths on POSIX. A drive's letter
    stays as it is spelled. Query and fragment are no part of a path.
    """
    text = uri.partition("#")[0].partition("?")[0]
    if flavour == "windows":
        text = text.replace("\\", "/")
    parts = _FILE_URI.fullmatch(text)
    if parts is None:
        return None
    host, path = _decoded(parts["host"] or "", flavour), _decoded(parts["path"] or "", flavour)
    if host is None or path is None or "\0" in host + path:
        return None
    if flavour == "windows":
        return _windows_path(host, path.replace("\\", "/"))
    return path if host.lower() in _HERE and path else None


def uri_of(path: str, flavour: Flavour = THIS_SYSTEM) -> str:
    """The URI of an absolute path, everything but letters, digits and `-._~` percent-encoded.

    Raises:
        ValueError: the path is relative, or can't be one of that system.
    """
    if flavour == "posix":
        if not path.startswith("/"):
            raise ValueError(f"{path!r} is not absolute")
        return "file://" + _encoded(path, flavour)
    path = _VERBATIM.sub(lambda prefix: "//" if prefix[1] else "", path, count=1).replace("\\", "/")
    if drive := _DRIVE.match(path):
        return f"file:///{drive[1]}:" + (_encoded(path[drive.end() :], flavour) or "/")
    if _SERVER.fullmatch(path):
        return "file:" + _encoded(path, flavour)
    raise ValueError(f"{path!r} is not absolute")


def uri_key(uri: str, flavour: Flavour = THIS_SYSTEM) -> str:
    """One spelling for all URIs of the same file; any other URI is its own key.

    Links are not followed. On Windows letters are folded, on POSIX systems they are not.
    """
    path = path_of(uri, flavour)
    if path is None:
        return uri
    parts = _parts(path, flavour)
    return "file:" + _encoded("/".join(_folded(parts, flavour)), flavour)


def same_document(a: str, b: str, flavour: Flavour = THIS_SYSTEM) -> bool:
    """Whether two URIs are spellings of the same one."""
    return a == b or uri_key(a, flavour) == uri_key(b, flavour)


def relative_path(root: str, path: str, flavour: Flavour = THIS_SYSTEM) -> str | None:
    """Where a path lies under a root, both absolute, with `/`; "." for the root itself, None outside of it.

    It compares names and follows no links. The names below the root stay as the path spells them.
    """
    above, parts = _parts(root, flavour), _parts(path, flavour)
    if _folded(parts[: len(above)], flavour) != _folded(above, flavour):
        return None
    return "/".join(parts[len(above) :]) or "."


class Root(msgspec.Struct, frozen=True):
    """A workspace's folder as the client spells it, and as it is called without links."""

    given: str
    real: str


def relative_to(root: Root, path: str, real_path: str | None = None, flavour: Flavour = THIS_SYSTEM) -> str | None:
    """Where a path lies under a root that may be spelled in two ways; None outside.

    With `real_path`, the path without links, that alone decides: a document opened through a link is found where it
    really is, and one that a link under the root leads to is outside, as for the index. Without it names decide.
    """
    if real_path is not None:
        return relative_path(root.real, real_path, flavour)
    found = relative_path(root.given, path, flavour)
    return relative_path(root.real, path, flavour) if found is None else found


def joined(root: Root, relative: str, flavour: Flavour = THIS_SYSTEM) -> str:
    """The path of a file under a root, spelled as the client spells the root, so that it knows the file again."""
    if flavour == "posix":
        return posixpath.join(root.given, relative)
    return ntpath.join(root.given, relative.replace("/", "\\"))


def root_at(path: str) -> Root:
    """The root at a path of this system. Reads the disk."""
    return Root(path, resolved(path))


def resolved(path: str) -> str:
    """A path of this system without links, whether the file exists or not. Reads the disk."""
    return os.path.realpath(path)


def _windows_path(host: str, path: str) -> str | None:
    in_host = _DRIVE.fullmatch(host)  # `file://c:/x`, one slash short
    drive = in_host or (_DRIVE.match(path) if host.lower() in _HERE else None)
    if drive is not None:
        rest = path if in_host else path[drive.end() :]
        return f"{drive[1]}:" + (rest.replace("/", "\\") or "\\")
    share = (path if host.lower() in _HERE else f"//{host}{path}").replace("\\", "/")
    found = _SERVER.fullmatch(share)
    return "\\\\" + found[1].replace("/", "\\") if found else None


def _decoded(text: str, flavour: Flavour) -> str | None:
    data = unquote_to_bytes(text.encode("utf-8", "surrogatepass"))
    try:
        return data.decode("utf-8", "surrogateescape" if flavour == "posix" else "surrogatepass")
    except UnicodeDecodeError:  # Windows has no names that are not Unicode
        return None


def _encoded(path: str, flavour: Flavour) -> str:
    return quote_from_bytes(path.encode("utf-8", "surrogateescape" if flavour == "posix" else "surrogatepass"))


def _parts(path: str, flavour: Flavour) -> list[str]:
    """Drive or server and share first, then each name, `.` and `..` taken out; a root has no empty name at its end."""
    if flavour == "posix":
        return ["/" if path.startswith("/") else "", *filter(None, posixpath.normpath(path).split("/"))]
    path = _VERBATIM.sub(lambda prefix: "\\\\" if prefix[1] else "", path, count=1)
    drive, rest = ntpath.splitdrive(ntpath.normpath(path))
    return [drive, *filter(None, rest.split("\\"))]


def _folded(parts: list[str], flavour: Flavour) -> list[str]:
    return [part.lower() for part in parts] if flavour == "windows" else parts
