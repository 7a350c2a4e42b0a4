"""Where a server listens and how it is reached; whether that is another machine. Pure; must not know connections."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import SplitResult, urlsplit

import msgspec

from scholiast_server.errors import ModelError

_HOST = re.compile(r"[a-z0-9]([a-z0-9._-]*[a-z0-9])?\.?|\[[0-9a-f:.]+\]", re.IGNORECASE | re.ASCII)
_PATH = re.compile(r"[\w.~/@+-]*", re.ASCII)
_EXAMPLE = "Write it like http://127.0.0.1:8080/v1."


class Access(msgspec.Struct, frozen=True):
    """How a server is reached. Holds no secret: the key is where `key_variable` or `key_command` say."""

    url: str
    key_variable: str = ""
    key_command: str = ""
    timeout_s: float = 60.0
    """Seconds without a word after which the server is given up."""
    offline: bool = False
    """Any attempt is an error."""


def base_url(url: str) -> str:
    """The address that paths are put behind: `http://127.0.0.1:8080` becomes `http://127.0.0.1:8080/v1`, and one with
    the path of chats is cut before it.

    It is put together from its checked parts, so that no two readers of it can find different hosts in it.

    Raises:
        ModelError: It is none that can be used. The message does not repeat it, since it may hold a secret.
    """
    parts = _parts(url)
    if parts is None:
        raise ModelError(f"endpoint.url is no address of a server.\n  {_EXAMPLE}")
    if parts.username is not None or parts.password is not None:
        raise ModelError(
            "endpoint.url holds a user name or a password, which would be shown with it.\n"
            "  Leave it out; a key belongs into the variable that endpoint.key_variable names."
        )
    if parts.query or parts.fragment:
        raise ModelError(f"endpoint.url holds a ? or a #, which no path can follow.\n  {_EXAMPLE}")
    path = parts.path.rstrip("/").removesuffix("/chat/completions")
    return f"{parts.scheme}://{_host(parts)}{path or '/v1'}"


def host_of(url: str) -> str:
    """Host and port, for messages: never what stands before them or after. Raises as `base_url` does."""
    return urlsplit(base_url(url)).netloc


def leaves_this_machine(url: str) -> bool:
    """Whether what is sent there goes to another machine; False where nothing is set.

    Only what is certain to stay counts as here: `localhost` and addresses of the loopback interface, as they are
    usually written.
    """
    if not url:
        return False
    parts = _parts(url)
    name = ((parts.hostname if parts else None) or "").rstrip(".")
    if name == "localhost" or name.endswith(".localhost"):
        return False
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        return True
    mapped = getattr(address, "ipv4_mapped", None)
    return not (mapped or address).is_loopback


def _parts(url: str) -> SplitResult | None:
    """The parts of a URL that has a scheme and a host; None for anything else."""
    try:
        parts = urlsplit(url.strip())
        _ = parts.port  # raises where it is no number
    except ValueError:
        return None
    host = parts.netloc.rpartition("@")[2]
    name = host if host.endswith("]") else re.sub(r":\d*$", "", host)
    is_sound = bool(_HOST.fullmatch(name) and _PATH.fullmatch(parts.path))
    return parts if parts.scheme in {"http", "https"} and is_sound else None


def _host(parts: SplitResult) -> str:
    name = parts.hostname or ""
    name = f"[{name}]" if ":" in name else name
    return name if parts.port is None else f"{name}:{parts.port}"
