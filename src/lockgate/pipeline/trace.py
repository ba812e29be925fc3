"""W3C Trace Context: the caller's trace goes on, with the gateway as one operation of it.

A trace is never begun here: nothing of ours collects spans, and a trace that nobody sampled would keep an upstream with
tracing of its own from sampling. A `traceparent` that is not valid is dropped, and its `tracestate` with it.
"""

import re
from hashlib import blake2b

from lockgate.core.http import Headers, header

TRACE = frozenset((b"traceparent", b"tracestate"))
_PARENT = re.compile(rb"(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(-.*)?")


def child(headers: Headers, request_id: str, started: float) -> tuple[Headers, bytes]:
    """The headers of a trace for an upstream, and the `traceresponse` for the client; nothing without a valid parent.

    The same trace and flags, a parent id that stands for this request; version 00, whatever later one came.
    """
    found = _PARENT.fullmatch(header(headers, b"traceparent") or b"")
    if found is None or (found[1] == b"00" and found[5]):
        return (), b""
    operation = blake2b(b"%b%r" % (request_id.encode(), started), digest_size=8).hexdigest().encode()
    line = b"00-%b-%b-%b" % (found[2], operation, found[4])
    states = tuple(pair for pair in headers if pair[0] == b"tracestate")
    return ((b"traceparent", line), *states), line
