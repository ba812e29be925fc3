"""The head of a reply: every name and value held against the grammar, whoever made them."""

from lockgate.core.http import Headers
from lockgate.edge.grammar import check_reply_name, check_text

_OURS = frozenset(
    b"connection content-length date keep-alive proxy-connection server te trailer transfer-encoding upgrade".split()
)
"""Framing, persistence and the name of the server are said by the edge, whatever an upstream said."""
_NO_STORE = b"cache-control: no-store\r\n"
_STARTS = 1024
_known: dict[bytes, bytes] = {}
"""How a line with a name begins, empty for a line that is left out. Few names differ, so good ones are remembered."""
_starts: dict[bytes, bytes] = {}
"""The same of those that nothing has to be asked about."""


def reply_head(opening: bytes, headers: Headers, framing: bytes, ready: bytes = b"") -> bytes:
    """From the status line to the empty line. `opening` and `framing` are whole lines that the edge says itself, `ready` such
    as the gateway made of nothing but its own words and numbers.

    Replies are not stored by caches unless they say so. Raises a `Problem` for a name or value that would be something else
    on the wire than it seems: all of `headers` are looked at, whoever made them.
    """
    known, last = _starts.get, ready + _NO_STORE + framing
    lines = [start + value for name, value in headers if (start := known(name))]
    if len(lines) < len(headers):
        lines = [start + value for name, value in headers if (start := _start(name))]
        if any(name == b"cache-control" for name, _ in headers):
            last = ready + framing
    check_text(b"".join(lines))
    lines.append(last + b"\r\n")
    return opening + b"\r\n".join(lines)


def _start(name: bytes) -> bytes:
    start = _known.get(name)
    if start is None:
        start = b"" if check_reply_name(name) in _OURS else name + b": "
        if len(_known) < _STARTS:
            _known[name] = start
            if start and name != b"cache-control":
                _starts[name] = start
    return start
