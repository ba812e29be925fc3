"""The head of a request, built fresh: nothing that frames a message is ever taken from a client."""

import re
from functools import lru_cache

from lockgate import __version__
from lockgate.core.http import Origin, Outbound
from lockgate.core.problem import Kind, Problem

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_EXPECT_BODY = frozenset({"POST", "PUT", "PATCH"})
_TARGET = re.compile(r"/[!-\"$-~]*")
_NAME = re.compile(rb"[!#$%&'*+.^_`|~0-9a-z-]+")
_HOST = re.compile(r"(?!-)[A-Za-z0-9_-]{1,63}(\.(?!-)[A-Za-z0-9_-]{1,63})*\.?|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*")
_CONTROLS = bytes((*range(0x09), *range(0x0A, 0x20), 0x7F))
_OURS = frozenset(
    {
        b"host",
        b"content-length",
        b"transfer-encoding",
        b"te",
        b"trailer",
        b"connection",
        b"keep-alive",
        b"proxy-connection",
        b"upgrade",
        b"expect",
        b"accept-encoding",
    }
)
_STARTS = 1024
_starts: dict[bytes, bytes] = {}
"""How a line with a name begins, for names that were found valid: five times faster than the pattern."""
_AGENT = b"user-agent: lockgate/" + __version__.encode() + b"\r\n"
_PORTS = {"http": 80, "https": 443}


def host_line(origin: Origin) -> bytes:
    """The value of `Host` (RFC 9110 section 7.2). Raises `Problem` INTERNAL for what is not a host or scheme."""
    if origin.scheme not in _PORTS or len(origin.host) > 253 or not _HOST.fullmatch(origin.host):
        raise Problem(Kind.INTERNAL, "an upstream's origin is not valid", source="gateway")
    host = f"[{origin.host}]" if ":" in origin.host else origin.host
    return (host if origin.port == _PORTS[origin.scheme] else f"{host}:{origin.port}").encode()


def request_head(outbound: Outbound, host: bytes) -> bytes:
    """Request line and fields. Raises `Problem` INTERNAL for what would be something else on the wire than it seems."""
    headers, length = outbound.headers, len(outbound.body)
    parts: list[bytes] = []
    for name, value in headers:
        parts += (_starts.get(name) or _start(name), value, b"\r\n")
    fields = b"".join(parts)
    # Each line has exactly one CR and one LF. One control character more, and a value has a line of its own.
    if len(fields) - len(fields.translate(None, _CONTROLS)) != 2 * len(headers):
        raise Problem(Kind.INTERNAL, "a request's header value is not valid", source="gateway")
    agent = b"" if b"user-agent: " in parts else _AGENT
    opening = _opening(outbound.method, outbound.target, host)
    if length or outbound.method in _EXPECT_BODY:
        return b"%b%b%bcontent-length: %d\r\n\r\n" % (opening, fields, agent, length)
    return b"%b%b%b\r\n" % (opening, fields, agent)


@lru_cache(maxsize=1024)
def _opening(method: str, target: str, host: bytes) -> bytes:
    if method not in _METHODS or not _TARGET.fullmatch(target):
        raise Problem(Kind.INTERNAL, "a request's method or target is not valid", source="gateway")
    return b"%b %b HTTP/1.1\r\nhost: %b\r\naccept-encoding: identity\r\n" % (method.encode(), target.encode(), host)


def _start(name: bytes) -> bytes:
    if name in _OURS or not _NAME.fullmatch(name):
        raise Problem(Kind.INTERNAL, "a request's header name is not valid here", source="gateway")
    start = name + b": "
    if len(_starts) < _STARTS:
        _starts[name] = start
    return start
