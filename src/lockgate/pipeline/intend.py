"""Write down that a request is let through, and wait until that is durable: no upstream is called before."""

from lockgate.core.audit import Books
from lockgate.core.problem import Kind, Problem
from lockgate.core.sink import Record
from lockgate.pipeline.ledger import Ledger


async def intend(ledger: Ledger, books: Books) -> None:
    """The intent. Refuses when no sink takes it in time."""
    if not books.audit.available:
        raise unrecorded()
    ledger.admitted = True
    caller, route = ledger.caller, ledger.route
    record = Record(
        ts=ledger.wall,
        kind="intent",
        request_id=ledger.request_id,
        key_id=caller.key_id if caller else "",
        team=caller.team if caller else "",
        model=route.model if route else "",
        operation=ledger.operation,
        dialect=ledger.dialect,
        findings=tuple(ledger.findings),
        stream=ledger.stream,
        charges=() if ledger.held is None else ledger.held.holds(),
    )
    for observer in books.observers:
        observer.put(record)
    kept = books.audit.put(record)
    if kept is not None and not await kept:
        raise unrecorded()


def unrecorded() -> Problem:
    return Problem(Kind.NO_AUDIT, "no audit sink takes the record", source="gateway", retry_after=1)
