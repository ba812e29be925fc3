"""Where a request really came from, when proxies that the operator trusts stand in front of the gateway."""

from collections.abc import Sequence
from ipaddress import ip_address

from msgspec.structs import replace

from lockgate.core.http import UNREADABLE, Inbound
from lockgate.core.level import Net, plain

MOST = 32
"""Hops that are looked at; nobody has so many proxies."""
_FOR, _PROTO = b"x-forwarded-for", b"x-forwarded-proto"


def seen_through(inbound: Inbound, trusted: Sequence[Net]) -> Inbound:
    """The same request with the client's address and scheme, as told by proxies that are trusted.

    From the nearest on: the first address that no trusted proxy has is the client's. What a stranger says of itself
    is never believed. Where a trusted proxy names what is no address, the client is UNREADABLE: never the proxy, whose
    address may be on lists that are meant for others, and would be one for everybody's limits.
    """
    if not _is_trusted(inbound.client, trusted):
        return inbound
    client = inbound.client
    said = b",".join(value for name, value in inbound.headers if name == _FOR)
    hops = [hop for hop in said.split(b",") if hop.strip()]  # a list may have empty elements: RFC 9110 5.6.1
    for hop in reversed(hops[-MOST:]):
        client = address = _address(hop)
        if not _is_trusted(address, trusted):
            break
    protos = [value.strip().lower() for name, value in inbound.headers if name == _PROTO]
    secure = protos == [b"https"] if protos in ([b"http"], [b"https"]) else inbound.secure
    return replace(inbound, client=client, secure=secure)


def _is_trusted(address: str, trusted: Sequence[Net]) -> bool:
    here = plain(address)
    return here is not None and any(here in net for net in trusted)


def _address(hop: bytes) -> str:
    """An address without port and brackets; UNREADABLE for everything else, `unknown` and made-up names too."""
    text = hop.strip().decode("latin-1")
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        return str(ip_address(text))
    except ValueError:
        return UNREADABLE
