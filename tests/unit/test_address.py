"""Where to listen and whom to call: what the grammar takes, and the addresses that nobody may call."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lockgate.app import address
from lockgate.app.address import Listen
from lockgate.core.http import Origin


@pytest.mark.parametrize(
    ("text", "place", "loopback"),
    [
        ("127.0.0.1:8080", Listen("127.0.0.1", 8080), True),
        ("[::1]:0", Listen("::1", 0), True),
        ("localhost:1", Listen("localhost", 1), True),
        ("0.0.0.0:8080", Listen("0.0.0.0", 8080), False),
        ("[::]:8080", Listen("::", 8080), False),
        ("gateway.internal:443", Listen("gateway.internal", 443), False),
    ],
)
def test_a_place_to_listen(text: str, place: Listen, loopback: bool) -> None:
    assert address.listen(text) == place
    assert place.loopback is loopback
    assert str(place) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        ":80",
        "8080",
        "127.0.0.1",
        "127.0.0.1:",
        "127.0.0.1:x",
        "h:65536",
        "h:-1",
        "::1:80",
        "[h]:80",
        "a b:80",
        "h:\u0661",
    ],
)
def test_no_place_to_listen(text: str) -> None:
    with pytest.raises(ValueError, match="8080"):
        address.listen(text)


@pytest.mark.parametrize(
    ("url", "origin", "path"),
    [
        ("https://api.openai.com", Origin("https", "api.openai.com", 443), ""),
        ("http://127.0.0.1:9100/v1/", Origin("http", "127.0.0.1", 9100, literal=True), "/v1"),
        ("http://[::1]:11434", Origin("http", "::1", 11434, literal=True), ""),
        ("http://10.0.0.7/a/b", Origin("http", "10.0.0.7", 80, literal=True), "/a/b"),
        ("HTTP://Ollama.Internal:80", Origin("http", "ollama.internal", 80), ""),
    ],
)
def test_an_address_of_a_provider(url: str, origin: Origin, path: str) -> None:
    assert address.upstream(url) == (origin, path)


@pytest.mark.parametrize(
    "url",
    [
        "", "api.openai.com", "ftp://h", "file:///etc/passwd", "http://", "http:///v1", "http://h:0", "http://h:x", "http://h:99999",
        "http://user:pass@h", "http://@h", "http://h?x", "http://h/#", "http://h\\@evil", "http://a b", "http://h/\r\nx", "http://é.example",
        "http://127.1", "http://2130706433", "http://0x7f000001", "http://0x7f.1", "http://[::1", "http://-h", "http://h..a",
    ],
)  # fmt: skip
def test_no_address_of_a_provider(url: str) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        address.upstream(url)


@pytest.mark.parametrize(
    "host",
    [
        "169.254.169.254", "169.254.1.1", "[fe80::1]", "[fd00:ec2::254]", "[::ffff:169.254.169.254]", "[64:ff9b::a9fe:a9fe]",
        "[2002:a9fe:a9fe::1]", "100.100.100.200", "192.0.0.192", "168.63.129.16", "0.0.0.0", "[::]", "224.0.0.1", "[ff02::1]",
        "metadata.google.internal", "METADATA.google.internal.", "metadata", "instance-data",
    ],
)  # fmt: skip
def test_s30_link_local_and_metadata_addresses_are_never_called(host: str) -> None:
    with pytest.raises(ValueError, match=r"never called|written in full"):
        address.upstream(f"http://{host}/latest")


@given(st.text() | st.text("htps:/[]0123456789.@?#%\\x-").map("http://".__add__))
def test_any_text_is_an_address_or_refused(text: str) -> None:
    for parse in (address.listen, address.upstream):
        with suppress(ValueError):
            assert parse(text)
