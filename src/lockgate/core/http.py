"""Bytes coming in and going out, before and after anybody gives them a meaning."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from typing import Any, Protocol, Self, TypeVar

from msgspec import Struct

Headers = tuple[tuple[bytes, bytes], ...]
"""Names are lower case, values without surrounding white space. Order is kept."""


class Fields(tuple[tuple[bytes, bytes], ...]):  # noqa: SLOT001  no tuple can have any
    """Headers of one head that many ask, request after request: the first value of each name is found at once.

    `found` is what `once` found in it before, by what found it, behind the one for whom it was.
    """

    first: dict[bytes, bytes]
    found: dict[object, tuple[object, Any]]

    def __new__(cls, pairs: Iterable[tuple[bytes, bytes]]) -> Self:
        fields = super().__new__(cls, pairs)
        fields.first = dict(reversed(fields))
        fields.found = {}
        return fields


_NOTHING = (None, None)
W = TypeVar("W")
T = TypeVar("T")


def once(headers: Headers, whom: W, find: Callable[[Headers, W], T]) -> T:
    """What `find` finds in these headers for `whom`. A connection's head comes again with each of its requests, and is asked once."""
    if type(headers) is not Fields:
        return find(headers, whom)
    asked, found = headers.found.get(find, _NOTHING)
    if asked is not whom:
        found = find(headers, whom)
        headers.found[find] = whom, found
    kept: T = found
    return kept


UNREADABLE = "unreadable"
"""In place of an address: a trusted proxy named one that is none. Nobody's address, and no request is answered for it."""


class Inbound(Struct, frozen=True):
    """A request from a client. Its body is not read before its sender is known. Its headers hold credentials.

    `path` is the raw request path as sent, still percent-encoded, without the query; `query` is what came after `?`.
    `read` raises a `Problem` for a body that is too large or too slow. `secure`: it came over TLS. `certificate` is the
    client's own, verified, in PEM; empty without one. `whole`: the body is here already, and nobody will have to wait for it.
    """

    method: str
    path: str
    query: str
    headers: Headers
    read: Callable[[], Awaitable[bytes]]
    client: str = ""
    secure: bool = False
    certificate: str = ""
    whole: bool = True

    def __repr__(self) -> str:
        return f"Inbound({self.method} {self.path})"


class Timeouts(Struct, frozen=True):
    """Seconds an upstream may take, each for its own phase."""

    connect: float = 5.0
    first_byte: float = 120.0
    between_chunks: float = 60.0
    total: float = 600.0


class Trust(Struct, frozen=True):
    """What is asked of an upstream's TLS besides the usual, and what it is shown. Files are paths, PEM, empty for none.

    `ca` replaces the system's roots. `pins` are `sha256//BASE64` of public keys, one of which it has to have. `seen` tells
    one content of the files from another.
    """

    ca: str = ""
    client_cert: str = ""
    client_key: str = ""
    pins: tuple[str, ...] = ()
    seen: tuple[tuple[int, int, int], ...] = ()


class Origin(Struct, frozen=True):
    """Where a provider lives. `literal`: the operator wrote an address, so it may be private.

    `allow_private`: the name may resolve to a private or loopback address. Link-local and metadata addresses never may.
    """

    scheme: str
    host: str
    port: int
    literal: bool = False
    allow_private: bool = False
    trust: Trust | None = None


class Outbound(Struct, frozen=True):
    """A request to an upstream. `target` is path and query, percent-encoded; `headers` hold credentials: never print.

    `host`, framing and connection headers are the transport's business and never part of `headers`.
    """

    origin: Origin
    method: str
    target: str
    headers: Headers
    body: bytes
    timeouts: Timeouts = Timeouts()
    max_bytes: int = 64 * 1024 * 1024
    """The largest response, decoded or not, that is taken from the upstream. More is a bad upstream."""

    def __repr__(self) -> str:
        return f"Outbound({self.method} {self.origin.host}:{self.origin.port} {self.target})"


class Incoming(Protocol):
    """A response body on its way. Closing it early closes the connection at once."""

    def __aiter__(self) -> AsyncIterator[bytes]: ...
    async def __anext__(self) -> bytes: ...
    async def read(self) -> bytes:
        """All that is left of it."""
        ...

    async def aclose(self) -> None: ...


class Arrival(Struct, frozen=True):
    """An upstream's response; the body is still on its way."""

    status: int
    headers: Headers
    body: Incoming

    def __repr__(self) -> str:
        return f"Arrival({self.status})"


Again = Callable[[int], tuple[float, float] | None]
"""As that of a `Shed`."""


class Shed(Struct, frozen=True):
    """With a refusal because there is too much to do. Its connection is not read for `pause` seconds after it.

    Without `again` it is one of a flood, whatever it is for: then that is so only while others wait for their turn. Else
    `again` is asked when the same request comes once more, with how many requests wait to be looked at before it: after how many
    seconds that one is to come back, and the pause after the same answer. None: it may be another.
    """

    pause: float
    again: Again | None = None


class Reply(Struct, frozen=True):
    """What the client gets: a whole body, or chunks as they come.

    `lines` are more headers, whole lines with their ends, which nobody has to look at any more: see `limit_lines`.
    """

    status: int
    headers: Headers
    body: bytes | AsyncIterator[bytes]
    shed: Shed | None = None
    lines: bytes = b""

    def __repr__(self) -> str:
        return f"Reply({self.status})"


def header(headers: Headers, name: bytes) -> bytes | None:
    """The first value of a header; `name` in lower case."""
    if type(headers) is Fields:
        return headers.first.get(name)
    for key, value in headers:
        if key == name:
            return value
    return None


class Transport(Protocol):
    """The only way out to the network.

    `send` returns when the response's header has arrived. It raises `Problem` with source "upstream":
    UNREACHABLE (refused, no route, no such name, forbidden address, connection lost before the
    answer began), UPSTREAM_RESET (lost after that), UPSTREAM_TLS,
    UPSTREAM_TIMEOUT (connect, first byte, between chunks, total), BAD_UPSTREAM (not HTTP, too large, broken framing).
    The body's iterator raises the same. Cancelling either closes the socket at once. A problem is `written` when the
    request was on its way before it arose.
    """

    async def send(self, outbound: Outbound) -> Arrival: ...
