"""Which headers go through. Both sides are allow-lists, built fresh for every attempt; credentials are on neither."""

from lockgate.core.dialect import Dialect, Passing
from lockgate.core.exchange import Call
from lockgate.core.http import Arrival, Headers
from lockgate.pipeline.authenticate import CARRIERS

TRACE = frozenset((b"traceparent", b"tracestate"))


def request_headers(client: Headers, passing: Passing | None, signed: Headers) -> Headers:
    """Our credential, and of the client's headers only what the dialect lists; the client's version of a name wins."""
    passed = tuple(
        (name, value)
        for name, value in client
        if name in TRACE or (passing is not None and _passes(name, passing.request, passing.request_prefixes))
    )
    if not passed:
        return signed
    names = {name for name, _ in passed}
    return passed + tuple(pair for pair in signed if pair[0] not in names)


def answer_headers(call: Call, dialect: Dialect, arrival: Arrival) -> Headers:
    """Of the upstream's headers what the dialect lists, when both sides speak it."""
    if dialect is not call.dialect:
        return ()
    rules = dialect.passing
    return tuple(pair for pair in arrival.headers if _passes(pair[0], rules.response, rules.response_prefixes))


def _passes(name: bytes, names: frozenset[bytes], prefixes: tuple[bytes, ...]) -> bool:
    return (name in names or name.startswith(prefixes)) and name not in CARRIERS
