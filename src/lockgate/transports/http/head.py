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
    method, target, length = outbound.method, outbound.target, len(outbound.body)
    if method not in _METHODS or not _TARGET.fullmatch(target):
        raise Problem(Kind.INTERNAL, "a request's method or target is not valid", source="gateway")
    parts = [f"{method} {target} HTTP/1.1\r\nhost: ".encode(), host, b"\r\naccept-encoding: identity\r\n"]
    for name, value in outbound.headers:
        if not _may_be_sent(name):
            raise Problem(Kind.INTERNAL, "a request's header name is not valid here", source="gateway")
        parts += (name, b": ", value, b"\r\n")
    block = b"".join(parts)
    # Each line has exactly one CR and one LF. One control character more, and a value has a line of its own.
    if len(block) - len(block.translate(None, _CONTROLS)) != 2 * (len(outbound.headers) + 3):
        raise Problem(Kind.INTERNAL, "a request's header value is not valid", source="gateway")
    agent = b"" if b"\r\nuser-agent: " in block else _AGENT
    if length or method in _EXPECT_BODY:
        return b"%b%bcontent-length: %d\r\n\r\n" % (block, agent, length)
    return block + agent + b"\r\n"


@lru_cache(maxsize=1024)
def _may_be_sent(name: bytes) -> bool:
    return name not in _OURS and _NAME.fullmatch(name) is not None
