"""Write down what happened, exactly once, when the last byte has gone or the client has: who, what, where, how much."""

from collections.abc import Awaitable
from time import perf_counter

from msgspec import UNSET
from msgspec.structs import replace

from lockgate.core.audit import Books, Strangers
from lockgate.core.money import usd
from lockgate.core.sink import End, Limited, Record
from lockgate.pipeline.charge import charge, usage_of
from lockgate.pipeline.ledger import Ledger
from lockgate.pipeline.prove import hashes
from lockgate.pipeline.spent import complete
from lockgate.pipeline.strangers import FLOOD

CLIENT_GONE = 499
"""What the record says for a client that left before it got a status. nginx uses the same number."""


def settle(ledger: Ledger, books: Books, status: int, end: End) -> Awaitable[bool] | None:
    """The outcome, in this order: the record is made, the counters see it, the audit log takes it.

    What comes back is to be waited for before the last byte leaves: see `Audit.put`. The second call for the same request
    does nothing. Of somebody whom nobody knows there may be a number in the log in place of a record: see `strangers`.
    """
    if ledger.settled:
        return None
    ledger.settled = True
    if ledger.gate is not None:
        ledger.gate.leave(ledger)
    if ledger.tried is not None:
        if end == "client_gone":
            ledger.tried.ended("cancelled")
        else:
            ledger.tried.failed(ledger.problem)
    record = outcome(ledger, status, end)
    if ledger.digests is not None:
        record = ledger.digests.record = replace(record, hashes=hashes(ledger.digests))
    for observer in books.observers:
        observer.put(record)
    if ledger.caller is None and books.strangers is not None and _counted(ledger, books.strangers):
        ledger.shed = FLOOD
        return None
    return books.audit.put(record)


def _counted(ledger: Ledger, strangers: Strangers) -> bool:
    reason = ledger.problem.kind.code if ledger.problem else ledger.operation
    return strangers.counted(ledger.client, reason)


def outcome(ledger: Ledger, status: int, end: End) -> Record:
    elapsed = perf_counter() - ledger.started
    complete(ledger, elapsed)
    cost = ledger.cost = charge(ledger)
    cost_usd = ledger.cost_usd = None if cost is None else usd(cost)
    charges = ledger.held.settle(ledger) if ledger.held is not None else ()
    caller, attempts, first = ledger.caller, ledger.attempts, ledger.first_byte
    return Record(
        ts=ledger.wall + elapsed,
        kind="outcome",
        request_id=ledger.request_id,
        key_id=caller.key_id if caller else "",
        team=caller.team if caller else "",
        user=caller.user if caller else "",
        model=ledger.route.model if ledger.route else "",
        operation=ledger.operation,
        dialect=ledger.dialect,
        upstream=attempts[-1].upstream if attempts else "",
        status=status,
        code=ledger.problem.kind.code if ledger.problem else "",
        attempts=tuple(attempts),
        findings=tuple(ledger.findings),
        lost=tuple(ledger.lost),
        usage=usage_of(ledger),
        cost_usd=cost_usd,
        duration_ms=_milliseconds(elapsed),
        first_byte_ms=None if first is None else _milliseconds(first),
        gateway_ms=_milliseconds(elapsed - ledger.waited if ledger.own is None else ledger.own),
        stream=ledger.stream,
        admitted=ledger.admitted,
        estimated=ledger.estimated,
        limits=tuple([Limited(*each) for each in ledger.limited]),
        charges=charges,
        cache=ledger.cache or UNSET,
        saved_usd=UNSET if ledger.saved is None else usd(ledger.saved),
        similar=ledger.similar or UNSET,
        similarity=UNSET if ledger.similarity is None else ledger.similarity,
        end=end,
    )


def _milliseconds(seconds: float) -> float:
    """To the microsecond."""
    return int(seconds * 1e6) / 1e3
