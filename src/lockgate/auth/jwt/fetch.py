"""Where the keys of an issuer come from: a file, an address, or the address that its discovery document names."""

from collections.abc import Awaitable, Callable
from typing import Any

import jiter

from lockgate.core import address
from lockgate.core.http import Origin, Outbound, Timeouts, Transport

Fetch = Callable[[], Awaitable[bytes]]
"""The bytes of a JWK Set. Raises `Problem` (from the transport) or `ValueError`."""

_TIMEOUTS = Timeouts(connect=3.0, first_byte=5.0, between_chunks=5.0, total=10.0)
_MOST = 512 * 1024
_WELL_KNOWN = "/.well-known/openid-configuration"
_HEADERS = ((b"accept", b"application/json"),)


def placed(url: str, *, allow_private: bool = False) -> tuple[Origin, str]:
    """Origin and target of an address that keys may come from: https, or plain http on loopback. `ValueError` as advice."""
    plain, mark, query = url.partition("?")
    origin, path = address.upstream(plain, allow_private=allow_private)
    if origin.scheme != "https" and not address.Listen(origin.host, origin.port).loopback:
        raise ValueError("https://, for whoever changes the keys on the way is anybody")
    return origin, (path or "/") + mark + query


def from_file(read: Callable[[str], bytes], name: str) -> Fetch:
    async def fetch() -> bytes:
        try:
            return read(name)
        except OSError as error:
            raise ValueError(f"cannot read {name}: {error.strerror}") from None

    return fetch


def from_address(transport: Transport, url: str, *, allow_private: bool) -> Fetch:
    origin, target = placed(url, allow_private=allow_private)

    async def fetch() -> bytes:
        return await _get(transport, origin, target)

    return fetch


def from_discovery(transport: Transport, issuer: str, *, allow_private: bool) -> Fetch:
    """OpenID Connect Discovery 1.0: the document has to name the issuer itself, and the address of its keys.

    That address is the issuer's word, not the operator's: it may be a private one only where the issuer is.
    """
    origin, path = placed(issuer, allow_private=allow_private)

    async def fetch() -> bytes:
        document: Any = jiter.from_json(await _get(transport, origin, path.rstrip("/") + _WELL_KNOWN))
        if not isinstance(document, dict) or document.get("issuer") != issuer:
            raise ValueError("its discovery document is of another issuer")
        named = document.get("jwks_uri")
        if not isinstance(named, str):
            raise ValueError("its discovery document names no `jwks_uri`")  # noqa: TRY004  a value from outside
        there, target = placed(named, allow_private=allow_private)
        same = (there.scheme, there.host, there.port) == (origin.scheme, origin.host, origin.port)
        return await _get(
            transport, origin if same else Origin(there.scheme, there.host, there.port, False, allow_private), target
        )

    return fetch


async def _get(transport: Transport, origin: Origin, target: str) -> bytes:
    arrival = await transport.send(Outbound(origin, "GET", target, _HEADERS, b"", _TIMEOUTS, _MOST))
    try:
        if arrival.status != 200:
            raise ValueError(f"{origin.host} answered {arrival.status}")  # a redirect is not followed
        return await arrival.body.read()
    finally:
        await arrival.body.aclose()
