"""What the header fields of one request mean together: framing, persistence, and which of them the gateway may see."""

from msgspec import Struct

from lockgate.core.http import Fields, Headers
from lockgate.core.problem import Kind, Problem
from lockgate.edge.grammar import check_bytes, check_host, check_name
from lockgate.edge.options import EdgeOptions
from lockgate.edge.refusal import refused

CHUNKED = -1

_HOP = frozenset(
    b"connection expect http2-settings keep-alive proxy-authenticate proxy-authorization proxy-connection te trailer"
    b" transfer-encoding upgrade".split()
)
"""Fields for one hop only (RFC 9110 7.6.1), and those that this edge answers itself."""
_ONCE = frozenset(
    b"access-control-request-headers access-control-request-method anthropic-version api-key authorization"
    b" content-encoding content-length content-type expect from host idempotency-key max-forwards openai-organization"
    b" openai-project origin proxy-authorization referer traceparent transfer-encoding user-agent x-api-key"
    b" x-forwarded-host x-forwarded-proto x-goog-api-key x-litellm-api-key x-real-ip x-request-id".split()
)
"""Fields with one value. A second one is refused: the next reader may take the other (S16, S40)."""
_LOOKED_AT = _HOP | _ONCE


class Head(Struct, frozen=True):
    """The meaning of a head. `length` is that of the body, or CHUNKED; `close`: no request may follow this one.

    `unwanted` is what is wrong with the body: whoever asks for it hears it, after the sender is known.
    """

    headers: Headers
    length: int
    close: bool
    expects: bool
    unwanted: Problem | None


def understood(head: bytes, at: int, version: str, options: EdgeOptions) -> Head:
    """Reads the fields, which begin at `at`, checks them against each other and drops those for one hop.

    Names are in lower case, values without white space around. What `Connection` names is dropped too, whatever it
    is: a client that names its credentials has none (S36).
    """
    lines = head[at:-4].split(b"\r\n") if len(head) > at + 2 else []
    check_bytes(head, len(lines) + 2)
    single: dict[bytes, bytes] = {}
    named: list[bytes] = []
    kept = []
    for line in lines:
        name, colon, value = line.partition(b":")
        if not colon:
            raise refused("a header line has no colon")
        name = check_name(name)
        value = value.strip(b" \t")
        if name in _LOOKED_AT:
            if name == b"connection":
                named += value.lower().replace(b" ", b"").replace(b"\t", b"").split(b",")
                continue
            if name in single:
                raise refused(f"the header {name.decode()} is there twice")
            if name in _ONCE:
                single[name] = value
            if name in _HOP:
                continue
        kept.append((name, value))
    _check_host(single, options)
    length = _framing(single, version)
    if named and named not in _PLAIN_CONNECTIONS:
        if not _ORIGINS.isdisjoint(named):
            raise refused("Connection names a header that says where a request comes from")
        kept = [field for field in kept if field[0] not in named]
    close = version != "1.1" or b"close" in named
    return Head(Fields(kept), length, close, _expects(single, version), _unwanted(single, length, options))


def _unwanted(single: dict[bytes, bytes], length: int, options: EdgeOptions) -> Problem | None:
    if length > options.max_body:
        return Problem(Kind.TOO_LARGE, f"the body is larger than {options.max_body} bytes")
    if length and single.get(b"content-encoding", b"identity").lower() != b"identity":
        return Problem(Kind.MEDIA_TYPE, "a compressed body is not taken: send it without Content-Encoding")
    return None


_ORIGINS = frozenset((b"forwarded", b"x-forwarded-for", b"x-forwarded-host", b"x-forwarded-proto", b"x-real-ip"))
"""Whoever could have these taken away would seem to come from a trusted proxy itself (S36)."""
_PLAIN_CONNECTIONS = ([b"keep-alive"], [b"close"])


def _check_host(single: dict[bytes, bytes], options: EdgeOptions) -> None:
    host = single.get(b"host")
    if host is None:
        raise refused("the Host header is missing")
    name = check_host(host)
    if options.allowed_hosts and name not in options.allowed_hosts:
        raise refused("this gateway does not answer for that host", 421)


def _framing(single: dict[bytes, bytes], version: str) -> int:
    coding, length = single.get(b"transfer-encoding"), single.get(b"content-length")
    if coding is not None:
        if length is not None:
            raise refused("Content-Length and Transfer-Encoding exclude each other")
        if version != "1.1":
            raise refused("Transfer-Encoding does not exist in HTTP/1.0")
        if coding.lower() != b"chunked":
            raise refused("the only Transfer-Encoding understood is `chunked`")
        return CHUNKED
    if length is None:
        return 0
    if not length.isdigit() or len(length) > 15:
        raise refused("Content-Length is not a decimal number")
    return int(length)


def _expects(single: dict[bytes, bytes], version: str) -> bool:
    expect = single.get(b"expect")
    if expect is None or version != "1.1":  # RFC 9110 10.1.1: an HTTP/1.0 client does not mean it
        return False
    if expect.lower() != b"100-continue":
        raise refused("the only expectation that can be met is `100-continue`", 417)
    return True
