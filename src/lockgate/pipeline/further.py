"""Another attempt after one that may have cost something, or beside one: do the limits hold both?

What the request holds becomes as much as all of them may cost, in every limit or in none, and that is durable before the
attempt goes out: whoever dies then is charged for it. Where there is no room the attempt is not made; the client gets what the
one before it came to, and the record says of the limit `not_again`.
"""

from collections.abc import Sequence
from time import perf_counter

from lockgate.core.audit import Books
from lockgate.core.exchange import Upstream
from lockgate.core.sink import Record
from lockgate.pipeline.ledger import Ledger


async def covered(ledger: Ledger, books: Books, upstream: Upstream, beside: Sequence[Upstream] = ()) -> bool:
    """Whether an attempt at `upstream` may be made; those `beside` it are still at work."""
    if ledger.held is None:
        return True
    besides = await ledger.held.cover(ledger, upstream.name, [each.name for each in beside])
    if not besides:
        return besides is not None
    if not books.audit.available:
        return False
    caller = ledger.caller
    record = Record(
        ts=ledger.wall + perf_counter() - ledger.started,
        kind="further",
        request_id=ledger.request_id,
        key_id=caller.key_id if caller else "",
        team=caller.team if caller else "",
        model=ledger.model,
        operation=ledger.operation,
        dialect=ledger.dialect,
        upstream=upstream.name,
        attempts=tuple(ledger.attempts),
        stream=ledger.stream,
        charges=besides,
    )
    kept = books.audit.put(record)
    if kept is not None and not await kept:
        return False
    ledger.held = ledger.held.noted()
    return True
