"""Addresses of servers: as they are used, refused without being shown, and told from those that stay here."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scholiast_server.errors import ModelError
from scholiast_server.models.endpoint.address import base_url, host_of, leaves_this_machine

USED = {
    "http://127.0.0.1:8080": "http://127.0.0.1:8080/v1",
    "http://127.0.0.1:8080/v1/": "http://127.0.0.1:8080/v1",
    " https://Example.org/openai/v1 ": "https://example.org/openai/v1",
    "http://[::1]:8080": "http://[::1]:8080/v1",
    "https://api.example.org/v1/chat/completions": "https://api.example.org/v1",
}
REFUSED = (
    "", "localhost:8080", "ftp://example.org", "http://", "http://a b/", "http://example.org:port", "http://a\x00b/",
    "http://example.org/v1?key=secret", "http://example.org/#secret", "http://user:secret@example.org/v1",
    "http://secret@example.org", "http://example.org\\@evil.org/", "http://example.org/\r\nX: secret", "file:///etc",
    "http://exa\u212ample.org/",
)  # fmt: skip


@pytest.mark.parametrize(("given_", "used"), USED.items())
def test_paths_are_put_behind_it(given_: str, used: str) -> None:
    assert base_url(given_) == used


@pytest.mark.parametrize("url", REFUSED)
def test_what_is_none_is_refused_and_not_repeated(url: str) -> None:
    with pytest.raises(ModelError, match=r"endpoint\.url") as raised:
        base_url(url)
    assert "secret" not in str(raised.value)


def test_only_host_and_port_are_named() -> None:
    assert host_of("https://Example.org:8443/team/v1") == "example.org:8443"


@pytest.mark.parametrize(
    ("url", "leaves"),
    [
        ("", False),
        ("http://localhost:8080", False),
        ("http://127.3.4.5/v1", False),
        ("http://[::1]/v1", False),
        ("http://[::ffff:127.0.0.1]/v1", False),
        ("http://box.localhost/v1", False),
        ("http://192.168.1.7/v1", True),
        ("http://0.0.0.0:8080", True),
        ("https://localhost.evil.org/v1", True),
        ("http://2130706433/", True),
    ],
)
def test_what_is_certain_to_stay_here_is_told_from_the_rest(url: str, leaves: bool) -> None:
    assert leaves_this_machine(url) is leaves


@given(st.text() | st.text(alphabet="http://[]@:.%\\#?ax1", max_size=40).map(lambda rest: f"http://{rest}"))
def test_any_text_is_an_address_or_refused(text: str) -> None:
    try:
        used = base_url(text)
    except ModelError:
        leaves_this_machine(text)
    else:
        assert base_url(used) == used and "@" not in host_of(text)
