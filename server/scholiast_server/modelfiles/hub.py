"""A model hub as its own library reaches it: the one module that opens connections to one. Must not know folders.

The library says where a file lies, how large it is and which content it has, and reads it from any byte on.
"""

from __future__ import annotations

import contextlib
import logging
import os
import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import NamedTuple, Protocol
from urllib.parse import urlsplit

from scholiast_indexer import __version__
from scholiast_server.errors import ModelError

HEADERS_S_MAX = 30.0
"""How long is waited for what the hub says of a file."""
_REPO = re.compile(r"[A-Za-z0-9][\w.-]{0,95}/[A-Za-z0-9][\w.-]{0,95}", re.ASCII)
_REVISION = re.compile(r"[\w./-]{1,100}", re.ASCII)
_SHA256 = re.compile(r"[0-9a-f]{64}")
_VARIABLES = ("HF_HUB_DISABLE_TELEMETRY", "HF_HUB_DISABLE_PROGRESS_BARS")
"""Set before the library is loaded: it tells the hub nothing of this machine, and shows nothing."""
_LOGGERS = ("huggingface_hub", "httpx", "httpx2", "httpcore", "httpcore2")
"""They would tell of each retry; what comes of them is told in the end."""
_NAME = "scholiast"
CHUNK_BYTES = 1 << 18
"""What is written at a time. The library's own 10 MB are what a cut would cost, and a while without progress."""


class CutOffError(ModelError):
    """The hub broke off, or can't be reached; what was written until then is right."""


class Wanted(NamedTuple):
    """A file of a hub."""

    repo: str
    file: str
    revision: str = "main"

    def __str__(self) -> str:
        return f"{self.repo} {self.file}"


class Offered(NamedTuple):
    """What the hub says of a file."""

    url: str
    location: str
    """Where it really lies."""
    size_bytes: int | None
    sha256: str
    """Of its content; empty where the hub does not say."""
    tag: str
    """Another content has another one."""
    revision: str
    """The commit that it belongs to."""


class Target(Protocol):
    """Where bytes go."""

    def write(self, data: bytes) -> int: ...
    def seek(self, place: int, whence: int = 0) -> int: ...
    def tell(self) -> int: ...
    def truncate(self, size: int | None = None) -> int: ...


def check_names(wanted: Wanted) -> None:
    """See that names name a file of a repository, and no other place.

    Raises:
        ModelError: They do not.
    """
    if not _REPO.fullmatch(wanted.repo):
        raise ModelError(f"{wanted.repo!r} names no repository.\n  Write it like {_EXAMPLE}.")
    parts = PurePosixPath(wanted.file).parts
    is_plain = wanted.file.isprintable() and not set('\\:*?"<>|') & set(wanted.file)
    if not is_plain or not parts or any(part.startswith((".", "/")) for part in parts):
        raise ModelError(f"{wanted.file!r} names no file of a repository.\n  Write it as its page lists it.")
    if not _REVISION.fullmatch(wanted.revision) or ".." in wanted.revision:
        raise ModelError(f"{wanted.revision!r} is no revision.\n  Name a branch, a tag or a commit.")


_EXAMPLE = "Qwen/Qwen2.5-Coder-1.5B-Instruct-GGUF"


def look_up(wanted: Wanted) -> Offered:
    """What the hub says of a file.

    Raises:
        ModelError: It has none, or can't be reached, or the library is not installed.
    """
    check_names(wanted)
    _prepare()
    with _in_words(wanted):
        from huggingface_hub import get_hf_file_metadata, hf_hub_url

        url = hf_hub_url(wanted.repo, wanted.file, revision=wanted.revision)
        told = get_hf_file_metadata(url, timeout=HEADERS_S_MAX, library_name=_NAME, library_version=__version__)
        tag = told.etag or ""
        sha256 = tag if _SHA256.fullmatch(tag) else ""
        return Offered(url, told.location, told.size, sha256, tag, told.commit_hash or wanted.revision)


def read(wanted: Wanted, offered: Offered, target: Target, start: int) -> None:
    """Write a file from byte `start` on to the end of a target, which is begun anew if the hub begins anew.

    Raises:
        CutOffError: It broke off.
        ModelError: It refuses.
        OSError: The target can't be written.
    """
    from huggingface_hub import constants
    from huggingface_hub.file_download import http_get
    from huggingface_hub.utils._headers import build_hf_headers

    constants.DOWNLOAD_CHUNK_SIZE = CHUNK_BYTES
    headers = build_hf_headers(library_name=_NAME, library_version=__version__)
    if urlsplit(offered.location).netloc != urlsplit(offered.url).netloc:
        headers.pop("authorization", None)  # the address itself lets one in, and is somebody else's
    with _in_words(wanted):
        http_get(
            offered.location,
            target,  # type: ignore[arg-type]  # no more of a file is used
            resume_size=start,
            headers=headers,
            expected_size=offered.size_bytes,
        )


def _prepare() -> None:
    for name in _VARIABLES:
        os.environ.setdefault(name, "1")
    try:
        import huggingface_hub.file_download  # noqa: F401  which sets levels of logging
    except ImportError as error:
        raise ModelError('what talks to a model hub is not installed.\n  pip install "scholiast[hub]"') from error
    for name in _LOGGERS:
        logging.getLogger(name).setLevel(logging.ERROR)


@contextlib.contextmanager
def _in_words(wanted: Wanted) -> Iterator[None]:
    """Errors of the library as ours: its messages are long, and speak of its own options."""
    try:
        yield
    except OSError as error:
        if error.errno is not None and not isinstance(error, ConnectionError):  # of the disk
            raise
        raise _told(error, wanted) from None
    except Exception as error:  # noqa: BLE001  it lets those of the layers below it through, by version
        raise _told(error, wanted) from None


def _told(error: Exception, wanted: Wanted) -> ModelError:
    status = getattr(getattr(error, "response", None), "status_code", None)
    again = f"What was read so far stays. To go on: scholiast models download {wanted}"
    refused = _refused(error, wanted, status)
    if refused:
        return ModelError(refused)
    if status is not None:
        return ModelError(f"the hub failed with status {status}.\n  {again}")
    return CutOffError(f"the hub can't be reached, or broke off: {_root(error)}.\n  {again}")


def _refused(error: Exception, wanted: Wanted, status: int | None) -> str:
    """Why there is nothing to be had, and what to do; empty where that is not what happened."""
    from huggingface_hub import errors

    if isinstance(error, errors.GatedRepoError):
        return (
            f"{wanted.repo} wants you to accept its terms, and to know who you are (status {status}).\n"
            "  Accept them on its page, and put a token of yours into HF_TOKEN."
        )
    if isinstance(error, errors.RevisionNotFoundError):
        return f"{wanted.repo} has no revision {wanted.revision}.\n  Leave --revision out for the newest."
    if isinstance(error, errors.EntryNotFoundError):
        return (
            f"{wanted.repo} has no file {wanted.file}.\n"
            "  Its page lists what it has; for well known models: scholiast models recommend"
        )
    if isinstance(error, errors.RepositoryNotFoundError) or status in {401, 403}:
        return (
            f"there is no repository {wanted.repo}, or it is not open to everybody (status {status}).\n"
            "  Check its name; where it wants a token, put yours into HF_TOKEN."
        )
    if isinstance(error, errors.OfflineModeIsEnabled):
        return "the hub was not asked: HF_HUB_OFFLINE is set.\n  Unset it to download."
    return ""


def _root(error: BaseException) -> str:
    """The reason behind a chain of errors, in one line."""
    while (cause := error.__cause__ or error.__context__) is not None:
        error = cause
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error).partition("\n")[0].rstrip(".") or type(error).__name__
