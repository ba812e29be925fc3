"""X-Forwarded-*: believed from proxies that are trusted, from nobody else."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from lockgate.core.http import UNREADABLE, Inbound
from lockgate.core.level import network
from lockgate.pipeline.forwarded import seen_through
from lockgate.pipeline.serve import serve
from tests.fakes import Notebook, Script, inbound
from tests.unit.pipeline.gateway import KEY, chat, gateway, whole

PROXIES = tuple(map(network, ("10.0.0.0/8", "fd00::/8", "192.0.2.1")))
FOR, PROTO = b"x-forwarded-for", b"x-forwarded-proto"


def seen(peer: str, *headers: tuple[bytes, bytes], secure: bool = False) -> Inbound:
    return seen_through(replace(inbound("/", b"", *headers), client=peer, secure=secure), PROXIES)


@pytest.mark.parametrize(
    ("peer", "said", "client"),
    [
        ("10.0.0.1", (b"203.0.113.7",), "203.0.113.7"),
        ("203.0.113.9", (b"1.1.1.1",), "203.0.113.9"),  # a stranger's word
        ("10.0.0.1", (), "10.0.0.1"),
        ("10.0.0.1", (b"6.6.6.6, 203.0.113.7",), "203.0.113.7"),  # what the client made up itself
        ("10.0.0.1", (b"6.6.6.6, 203.0.113.7, 10.2.2.2",), "203.0.113.7"),
        ("10.0.0.1", (b"6.6.6.6", b"203.0.113.7, 10.2.2.2"), "203.0.113.7"),
        ("10.0.0.1", (b"10.3.3.3, 10.2.2.2",), "10.3.3.3"),
        ("10.0.0.1", (b"203.0.113.7, unknown, 10.2.2.2",), UNREADABLE),  # nothing behind it is believed
        ("10.0.0.1", (b"unknown, 203.0.113.7",), "203.0.113.7"),
        ("10.0.0.1", (b"evil\xff",), UNREADABLE),
        ("10.0.0.1", (b"_hidden",), UNREADABLE),
        ("203.0.113.9", (b"evil",), "203.0.113.9"),
        ("10.0.0.1", (b"203.0.113.7:5123",), "203.0.113.7"),
        ("10.0.0.1", (b"[2001:db8::1]:5123",), "2001:db8::1"),
        ("10.0.0.1", (b"2001:db8::1",), "2001:db8::1"),
        ("fd00::1", (b"203.0.113.7",), "203.0.113.7"),
        ("::ffff:10.0.0.1", (b"203.0.113.7",), "203.0.113.7"),
        ("192.0.2.1", (b"203.0.113.7",), "203.0.113.7"),
        ("192.0.2.2", (b"203.0.113.7",), "192.0.2.2"),
        ("", (b"203.0.113.7",), ""),
        ("10.0.0.1", (b",,203.0.113.7, ,",), "203.0.113.7"),
        ("10.0.0.1", (b"", b" , "), "10.0.0.1"),  # it says nothing, like no header
    ],
)
def test_the_first_address_that_no_trusted_proxy_has_is_the_clients(
    peer: str, said: tuple[bytes, ...], client: str
) -> None:
    assert seen(peer, *((FOR, value) for value in said)).client == client


@pytest.mark.parametrize(
    ("peer", "said", "before", "secure"),
    [
        ("10.0.0.1", [b"https"], False, True),
        ("10.0.0.1", [b"HTTPS"], False, True),
        ("10.0.0.1", [b"http"], True, False),
        ("10.0.0.1", [b"https, http"], False, False),
        ("10.0.0.1", [b"ftp"], True, True),
        ("10.0.0.1", [], True, True),
        ("9.9.9.9", [b"https"], False, False),
    ],
)
def test_the_scheme_is_the_proxys_word_too(peer: str, said: list[bytes], before: bool, secure: bool) -> None:
    assert seen(peer, *((PROTO, value) for value in said), secure=before).secure is secure


@given(st.lists(st.sampled_from((b"10.1.1.1", b"203.0.113.7", b"junk", b"", b"fd00::5", b"8.8.8.8")), max_size=6))
def test_a_stranger_changes_nothing_and_a_proxy_names_only_addresses(hops: list[bytes]) -> None:
    header = (FOR, b", ".join(hops))
    known = {hop.decode() for hop in hops}

    assert seen("203.0.113.9", header).client == "203.0.113.9"
    assert seen("10.0.0.1", header).client in {"10.0.0.1", UNREADABLE, *known} - {"junk", ""}


async def test_I12_a_request_whose_client_cannot_be_known_is_refused_and_written_down() -> None:
    script, notebook = Script(), Notebook()
    told = inbound("/v1/chat/completions", msgspec.json.encode(chat("fast")), KEY, (FOR, b"203.0.113.7, unknown"))

    reply = await serve(gateway(script, notebook), seen_through(replace(told, client="10.0.0.1"), PROXIES))

    error = msgspec.json.decode(await whole(reply))["error"]
    assert (reply.status, error["code"], error["param"]) == (400, "invalid_request", "headers.x-forwarded-for")
    assert (notebook.outcome.status, notebook.outcome.code) == (400, "invalid_request")
    assert not script.sent


@given(st.binary(max_size=60))
def test_nothing_breaks_it(value: bytes) -> None:
    assert seen("10.0.0.1", (FOR, value), (PROTO, value)).client


def test_a_thousand_hops_cost_no_more_than_the_last_few() -> None:
    header = (FOR, b"203.0.113.7, " + b", ".join([b"10.1.1.1"] * 1000))

    assert seen("10.0.0.1", header).client == "10.1.1.1"
