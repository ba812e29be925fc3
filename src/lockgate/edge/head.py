"""What the header fields of one request mean together: framing, persistence, and which of them the gateway may see."""

from msgspec import Struct

from lockgate.core.http import Headers
from lockgate.edge.grammar import check_host
from lockgate.edge.options import EdgeOptions
from lockgate.edge.refusal import refused

CHUNKED = -1

_HOP = frozenset(
    b"connection expect http2-settings keep-alive proxy-authenticate proxy-authorization proxy-connection te trailer"
    b" transfer-encoding upgrade".split()
)
"""Fields for one hop only (RFC 9110 7.6.1), and those that this edge answers itself."""
_ONCE = frozenset(
    b"api-key authorization content-encoding content-length content-type expect host idempotency-key origin"
    b" proxy-authorization transfer-encoding user-agent x-api-key x-goog-api-key x-request-id".split()
)
"""Fields with one value. A second one is refused: the next reader may take the other (S16, S40)."""
_LOOKED_AT = _HOP | _ONCE


class Head(Struct, frozen=True):
    """The meaning of a head. `length` is that of the body, or CHUNKED; `close`: no request may follow this one."""

    headers: Headers
    length: int
    close: bool
    expects: bool


def understood(fields: list[tuple[bytes, bytes]], version: bytes, options: EdgeOptions) -> Head:
    """Checks the fields against each other and drops those for one hop. Names come in lower case.

    What `Connection` names is dropped too, whatever it is: a client that names its credentials has none (S36).
    """
    single: dict[bytes, bytes] = {}
    named: list[bytes] = []
    kept = []
    for field in fields:
        name, value = field
        if name in _LOOKED_AT:
            if name == b"connection":
                named += value.lower().replace(b" ", b"").replace(b"\t", b"").split(b",")
            elif name in _ONCE:
                if name in single:
                    raise refused(f"the header {name.decode()} is there twice")
                single[name] = value
            if name in _HOP:
                continue
        kept.append(field)
    _check_host(single, options)
    length = _framing(single, version)
    if named and named not in _PLAIN_CONNECTIONS:
        kept = [field for field in kept if field[0] not in named]
    close = version != b"1.1" or b"close" in named
    return Head(tuple(kept), length, close, _expects(single, version))


_PLAIN_CONNECTIONS = ([b"keep-alive"], [b"close"])


def _check_host(single: dict[bytes, bytes], options: EdgeOptions) -> None:
    host = single.get(b"host")
    if host is None:
        raise refused("the Host header is missing")
    name = check_host(host)
    if options.allowed_hosts and name not in options.allowed_hosts:
        raise refused("this gateway does not answer for that host", 421)


def _framing(single: dict[bytes, bytes], version: bytes) -> int:
    coding, length = single.get(b"transfer-encoding"), single.get(b"content-length")
    if coding is not None:
        if length is not None:
            raise refused("Content-Length and Transfer-Encoding exclude each other")
        if version != b"1.1":
            raise refused("Transfer-Encoding does not exist in HTTP/1.0")
        if coding.lower() != b"chunked":
            raise refused("the only Transfer-Encoding understood is `chunked`")
        return CHUNKED
    if length is None:
        return 0
    if not length.isdigit() or len(length) > 15:
        raise refused("Content-Length is not a decimal number")
    return int(length)


def _expects(single: dict[bytes, bytes], version: bytes) -> bool:
    expect = single.get(b"expect")
    if expect is None or version != b"1.1":  # RFC 9110 10.1.1: an HTTP/1.0 client does not mean it
        return False
    if expect.lower() != b"100-continue":
        raise refused("the only expectation that can be met is `100-continue`", 417)
    return True
