"""A problem becomes a reply, in the words of the client's dialect."""

from math import ceil

from lockgate.core.dialect import Dialect
from lockgate.core.http import Headers, Reply
from lockgate.core.problem import Kind, Problem
from lockgate.pipeline.ledger import Ledger

JSON: Headers = ((b"content-type", b"application/json"),)
FINAL = frozenset(
    (
        Kind.BLOCKED,
        Kind.QUOTA,
        Kind.NO_PRICE,
        Kind.UNAUTHENTICATED,
        Kind.AMBIGUOUS,
        Kind.FORBIDDEN,
        Kind.TOO_LARGE,
        Kind.KEY_REUSED,
        Kind.TOKENS_FULL,
    )
)
"""Asking again cannot help: the SDKs obey `x-should-retry: false`."""

CHALLENGE = (b'Bearer realm="lockgate"',)


def blame(problem: Problem, ledger: Ledger) -> None:
    """Writes down what ends the request."""
    ledger.problem = problem
    if problem.kind in (Kind.BLOCKED, Kind.LEAK, Kind.HELD):
        ledger.end = "blocked"
    elif problem.kind is Kind.INTERNAL:
        ledger.end = "internal_error"
    else:
        ledger.end = "upstream_error" if problem.source == "upstream" else "refused"


def refuse(problem: Problem, dialect: Dialect, request_id: str) -> Reply:
    headers = list(JSON)
    if problem.final or problem.kind in FINAL:
        headers.append((b"x-should-retry", b"false"))
    if problem.kind.status == Kind.UNAUTHENTICATED.status:
        headers.extend((b"www-authenticate", each) for each in problem.challenges or CHALLENGE)
    if problem.allow:
        headers.append((b"allow", problem.allow))
    if problem.retry_after is not None:
        headers.append((b"retry-after", b"%d" % ceil(problem.retry_after)))
        headers.append((b"retry-after-ms", b"%d" % ceil(problem.retry_after * 1000)))  # which the SDKs read first
    return Reply(dialect.status(problem), tuple(headers), dialect.problem(problem, request_id))
