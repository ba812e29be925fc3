"""What a request head may look like, as regular expressions: RFC 9112 and RFC 3986 without their leniencies.

The head is held against this white list before the parser of uvicorn reads it, so both have to agree.
"""

import re
from functools import lru_cache
from ipaddress import IPv6Address
from urllib.parse import unquote

from msgspec import Struct

from lockgate.edge.refusal import refused

_TOKEN = rb"[!#$%&'*+\-.^`|~0-9A-Za-z]"  # RFC 9110 token, without "_": other servers read it as "-" (S36)
_NAME = re.compile(_TOKEN + rb"{1,128}")
_VALUE_BYTES = bytes(byte for byte in range(256) if byte == 0x09 or (byte >= 0x20 and byte != 0x7F))
"""What a value may have: RFC 9110 field-vchar, obs-text, space and tab."""
_AS_THEY_ARE = bytes(byte if byte in _VALUE_BYTES else 0x3F for byte in range(256))
"""Leaves a value's bytes alone, and no other one."""

_REQUEST_LINE = re.compile(rb"([A-Z]{1,24}) ([\x21-\x7e]+) HTTP/([0-9])\.([0-9])\r\n")

_PLAIN = rb"A-Za-z0-9\-._~!$&'()*+,=:@"  # RFC 3986 pchar, without ";": nobody here has path parameters
_NOT_CODED = rb"%(?![01]|2[fF5eE]|5[cC]|7[fF])[0-9a-fA-F]{2}"
"""An escape, but not of a control character, a slash, a backslash, a dot (a hidden `..`) or a percent sign (a second
layer of escapes)."""
_PATH = re.compile(rb"(?:/|(?:/(?!\.{1,2}(?:/|$))(?:[%b]|%b)+)++/?)" % (_PLAIN, _NOT_CODED))
_QUERY = re.compile(rb"[!$-;=?-\[\]_a-z{|}~]*+")

_HOST = re.compile(
    rb"(?P<name>\[[0-9a-fA-F:.]+\]|(?:[A-Za-z0-9\-._~!$&'()*+,;=]|%[0-9a-fA-F]{2})+)(?::(?P<port>[0-9]{1,5}))?"
)


_ABSOLUTE = re.compile(rb"(?i:https?)://(?P<authority>[^/?#]+)(?P<rest>(?:[/?][^#]*)?)")
"""An address instead of a path, as clients send it that take this for their proxy: servers have to read it (RFC 9112 3.2.2)."""


class RequestLine(Struct, frozen=True):
    """A good request line. `path` and `query` are as they were sent; `text` is the decoded path, for ASGI only.

    `authority` is the host that an absolute address names; empty for a plain path.
    """

    method: str
    version: str
    text: str
    path: bytes
    query: bytes
    authority: bytes = b""


@lru_cache(maxsize=256)
def check_request_line(line: bytes) -> RequestLine:
    """The line with its line end. Clients ask for few different ones, so the last good ones are remembered."""
    found = _REQUEST_LINE.fullmatch(line)
    if found is None:
        raise refused("the request line is not `METHOD /path HTTP/1.1`")
    method, target, major, minor = found.groups()
    if major != b"1" or minor not in b"01":
        raise refused("only HTTP/1.1 and HTTP/1.0 are spoken here", 505)
    if method == b"CONNECT":
        raise refused("this is no proxy: CONNECT is not answered", 405)
    authority = b""
    if not target.startswith(b"/") and (absolute := _ABSOLUTE.fullmatch(target)):
        authority, target = absolute["authority"], absolute["rest"] or b"/"
        check_host(authority)
    path, query = check_target(target if target.startswith(b"/") or not authority else b"/" + target)
    text = unquote(path.decode("ascii"))
    return RequestLine(method.decode("ascii"), "1." + minor.decode("ascii"), text, path, query, authority)


def check_bytes(head: bytes, lines: int) -> None:
    """A head of so many lines, the empty one included, has no control character but a CR LF at the end of each."""
    if head.translate(None, _VALUE_BYTES) != b"\r\n" * lines:
        raise refused("a line of the head holds a control character or ends in something other than CR LF")


def check_text(text: bytes) -> None:
    """Names and values without their line ends have no control character, and no line end at all.

    Half of the time of `check_bytes`, for nothing is cut out: bytes that no table changes are the same object.
    """
    if text.translate(_AS_THEY_ARE) != text:
        raise refused("a line of the head holds a control character or a line end")


@lru_cache(maxsize=1024)
def check_name(name: bytes) -> bytes:
    """A field name in lower case. Few differ from one request to the next, so the last good ones are remembered."""
    if _NAME.fullmatch(name):
        return name.lower()
    if name[:1] in (b" ", b"\t"):
        raise refused("a header line begins with white space: folded lines are obsolete")
    if b"_" in name:
        raise refused("a header name has an underscore, which some servers take for a hyphen")
    raise refused("a header name is empty, too long, or has a character that no name may have")


@lru_cache(maxsize=1024)
def check_reply_name(name: bytes) -> bytes:
    """The same for a field of a reply: an upstream may well use an underscore."""
    return check_name(name.replace(b"_", b"-")) and name.lower()


def check_target(target: bytes) -> tuple[bytes, bytes]:
    """Raw path and raw query of a request target in origin form: `/path?query`.

    A path that another reader could take for a different one is refused: empty, `.` and `..` segments, escaped
    slashes, backslashes, dots, percent signs and control characters, and `;`. A trailing slash is another path.
    """
    path, mark, query = target.partition(b"?")
    if not target.startswith(b"/"):
        raise refused("the request target is neither a path nor an address with http: or https:")
    if not _PATH.fullmatch(path):
        raise refused("the path has empty or dotted segments, an ambiguous escape or a character that is not allowed")
    if mark and not _QUERY.fullmatch(query):
        raise refused("the query has a character that has to be escaped")
    return path, query


@lru_cache(maxsize=256)
def check_host(value: bytes) -> str:
    """The name in a `Host` field in lower case, without the port (RFC 9112 3.2, RFC 3986 3.2.2)."""
    host = _HOST.fullmatch(value)
    if host is None or int(host["port"] or 0) > 65535 or not _address(host["name"]):
        raise refused("the Host header is not a host name with an optional port")
    return host["name"].decode("ascii").lower()


def _address(name: bytes) -> bool:
    if not name.startswith(b"["):
        return True
    try:
        IPv6Address(name[1:-1].decode("ascii"))
    except ValueError:
        return False
    return True
