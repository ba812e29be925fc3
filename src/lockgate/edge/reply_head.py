"""The head of a reply: every name and value held against the grammar, whoever made them."""

from lockgate.core.http import Headers
from lockgate.edge.grammar import check_bytes, check_reply_name

_OURS = frozenset(
    b"connection content-length date keep-alive proxy-connection server te trailer transfer-encoding upgrade".split()
)
"""Framing, persistence and the name of the server are said by the edge, whatever an upstream said."""
_NO_STORE = b"cache-control: no-store\r\n"
_STARTS = 1024
_starts: dict[bytes, bytes] = {}
"""How a line with a name begins, empty for a line that is left out. Few names differ, so good ones are remembered."""


def reply_head(opening: bytes, headers: Headers, framing: bytes) -> bytes:
    """From the status line to the empty line. `opening` and `framing` are whole lines that the edge says itself.

    Replies are not stored by caches unless they say so. Raises a `Problem` for a name or value that would be something else
    on the wire than it seems.
    """
    lines = [opening]
    private = _NO_STORE
    for name, value in headers:
        start = _starts.get(name)
        if start is None:
            start = _start(name)
        if start:
            lines += (start, value, b"\r\n")
            if name == b"cache-control":
                private = b""
    ends = opening.count(b"\n") + 1 + len(lines) // 3 + framing.count(b"\n") + (1 if private else 0)
    lines += (private, framing, b"\r\n")
    head = b"".join(lines)
    check_bytes(head, ends)  # a line end in a value is one more
    return head


def _start(name: bytes) -> bytes:
    told = check_reply_name(name)
    start = b"" if told in _OURS else name + b": "
    if len(_starts) < _STARTS:
        _starts[name] = start
    return start
