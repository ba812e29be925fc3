"""Which headers go through. Both sides are allow-lists, built fresh for every attempt; credentials are on neither."""

from lockgate.core.dialect import Dialect, Passing
from lockgate.core.exchange import Call
from lockgate.core.http import Arrival, Headers
from lockgate.pipeline.authenticate import CARRIERS

TRACE = frozenset((b"traceparent", b"tracestate"))


def request_headers(client: Headers, passing: Passing | None, signed: Headers) -> Headers:
    """Our credential, and of the client's headers only what the dialect lists; the client's version of a name wins."""
    names, prefixes = (passing.request | TRACE, passing.request_prefixes) if passing else (TRACE, ())
    passed = _passed(client, names, prefixes)
    if not passed:
        return signed
    taken = {name for name, _ in passed}
    return (*passed, *(pair for pair in signed if pair[0] not in taken))


def answer_headers(call: Call, dialect: Dialect, arrival: Arrival) -> Headers:
    """Of the upstream's headers what the dialect lists, when both sides speak it."""
    if dialect is not call.dialect:
        return ()
    return tuple(_passed(arrival.headers, dialect.passing.response, dialect.passing.response_prefixes))


def _passed(headers: Headers, names: frozenset[bytes], prefixes: tuple[bytes, ...]) -> list[tuple[bytes, bytes]]:
    return [p for p in headers if (p[0] in names or p[0].startswith(prefixes)) and p[0] not in CARRIERS]
