"""Which headers go through. Both sides are allow-lists, built fresh for every attempt; credentials are on neither."""

from collections.abc import Callable

from lockgate.core.dialect import Dialect
from lockgate.core.exchange import Call, Route, Upstream
from lockgate.core.header_policy import HeaderPolicy
from lockgate.core.http import Arrival, Headers, once
from lockgate.core.passing import Passing
from lockgate.core.secret import Secret
from lockgate.pipeline.additions import additions
from lockgate.pipeline.authenticate import CARRIERS
from lockgate.pipeline.demands import unknown
from lockgate.pipeline.ledger import Ledger
from lockgate.pipeline.trace import TRACE, child

Sign = Callable[[Secret | None], Headers]
NOTHING = Passing()
SECRETIVE = (b"key", b"token", b"secret", b"auth", b"cookie", b"pass", b"credential", b"session", b"csrf")
STEERING = (b"-ip", b"host", b"url", b"uri", b"path", b"method", b"original", b"rewrite", b"user-project", b"amz-")
"""Parts of names that never pass as unknown: they name credentials, or tell servers where a request came from or goes."""
ACCOUNTS = (b"-id", b"-organization", b"-project", b"-workspace")
"""Ends of names that no client's header has upstream, but where the operator says so: they name a part of his account (S17)."""
MOST, LONGEST = 512, 64
"""Names of headers that are remembered, and their bytes: strangers may make up as many as they like."""


def request_headers(
    call: Call, passing: Passing | None, upstream: Upstream, ledger: Ledger, sign: Sign | None = None
) -> Headers:
    """Our credential and the request's id; of the client's headers only what is listed; then what the operator adds.

    The client's version of a name wins over the provider's default, and the operator's over both.
    """
    signed = (sign or upstream.provider.sign)(upstream.credential)
    passed = once(call.headers, passing or NOTHING, _listed)
    if ledger.headers is not None:
        passed = (*passed, *_let_through(call, ledger.headers))
    if passed:
        taken = {name for name, _ in passed}
        if taken & TRACE:
            traced, ledger.trace = child(call.headers, ledger.request_id, ledger.started)
            passed = (*(pair for pair in passed if pair[0] not in TRACE), *traced)
        signed = (*passed, *(pair for pair in signed if pair[0] not in taken))
    signed = (*signed, (b"x-request-id", ledger.request_id.encode()))
    own = ledger.headers.add if ledger.headers is not None else None
    if own or upstream.add:
        sources = {**(own or {}), **(upstream.add or {})}
        added = additions(sources, ledger.caller, ledger.request_id)
        signed = (*(pair for pair in signed if pair[0] not in sources), *added)
    return signed


_NOT_ASKED = (b"user-agent", b"x-request-id", b"idempotency-key")


def steering(call: Call, route: Route, ledger: Ledger) -> Headers:
    """Everything about the headers of a request that may change an answer: what passes, and what the operator adds."""
    up = once(call.headers, call.dialect.passing, _listed)
    passed = [p for p in up if p[0] not in TRACE and p[0] not in _NOT_ASKED]
    if ledger.headers is not None:
        passed += _let_through(call, ledger.headers)
    sources = dict((ledger.headers.add if ledger.headers is not None else None) or {})
    for upstream in route.upstreams:
        sources.update(upstream.add or {})
    return (*(p for p in passed if not p[0].startswith(b"x-stainless-")), *additions(sources, ledger.caller, ""))


def answer_headers(call: Call, dialect: Dialect, arrival: Arrival) -> Headers:
    """Of the upstream's headers what the dialect lists, when both sides speak it."""
    if dialect is not call.dialect:
        return ()
    passing, known = dialect.passing, dialect.passing.answered
    return tuple([p for p in arrival.headers if (known[p[0]] if p[0] in known else _passes_down(p[0], passing))])


def _listed(headers: Headers, passing: Passing) -> Headers:
    known = passing.asked
    return tuple([p for p in headers if (known[p[0]] if p[0] in known else _passes_up(p[0], passing))])


def _passes_up(name: bytes, passing: Passing) -> bool:
    listed = name in passing.request or name in TRACE
    listed = listed or (name.startswith(passing.request_prefixes) and not name.endswith(ACCOUNTS))
    return _noted(name, listed and name not in CARRIERS, passing.asked)


def _passes_down(name: bytes, passing: Passing) -> bool:
    listed = name in passing.response or name.startswith(passing.response_prefixes)
    return _noted(name, listed and name not in CARRIERS, passing.answered)


def _noted(name: bytes, passes: bool, known: dict[bytes, bool]) -> bool:
    if len(known) < MOST and len(name) <= LONGEST:
        known[name] = passes
    return passes


def _let_through(call: Call, policy: HeaderPolicy) -> list[tuple[bytes, bytes]]:
    """What the operator lets through by name, or as unknown. Also to another dialect: the words are not the dialect's."""
    everything = policy.unknown == "pass"
    return [
        pair
        for pair in call.headers
        if pair[0] in policy.forward
        or (everything and unknown(pair[0], call.dialect.passing) and not _dangerous(pair[0]))
    ]


def _dangerous(name: bytes) -> bool:
    return any(part in name for part in SECRETIVE) or any(part in name for part in STEERING)
