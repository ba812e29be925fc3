"""Hashes of what went through, for the record and for a receipt that the client can check."""

from lockgate.core.audit import Proving
from lockgate.core.digests import Digests
from lockgate.core.http import Headers, Inbound, header
from lockgate.core.problem import Problem
from lockgate.core.sink import Hashes
from lockgate.pipeline.lanes import Lane
from lockgate.pipeline.ledger import Ledger

RECEIPT = b"x-lockgate-receipt"
LATER = b"pending"
"""Of a stream, whose last byte is not known when its head leaves: `lockgate audit receipt ID` gives it."""


def watch(ledger: Ledger, inbound: Inbound, proving: Proving) -> None:
    """Begins to hash when the operator wants it always, or the client wants a receipt."""
    asked = proving.receipts is not None and header(inbound.headers, RECEIPT) is not None
    if asked or proving.always:
        ledger.digests = Digests(proving.policy, asked=asked)


def hashes(digests: Digests) -> Hashes:
    return Hashes(
        digests.request.hexdigest(), digests.upstream.hexdigest(), digests.response.hexdigest(), digests.policy
    )


def pending(ledger: Ledger) -> Headers:
    """For the head of a stream."""
    return ((RECEIPT, LATER),) if _owed(ledger) else ()


async def receipt(ledger: Ledger, proving: Proving) -> Headers:
    """For a whole answer, whose record is durable."""
    digests = ledger.digests
    if proving.receipts is None or digests is None or digests.record is None or not _owed(ledger):
        return ()
    return ((RECEIPT, await proving.receipts.receipt(digests.record)),)


def _owed(ledger: Ledger) -> bool:
    return ledger.digests is not None and ledger.digests.asked and ledger.admitted


class Hashed:
    """Around a lane: what goes into it came from the upstream, what comes out goes to the client. `received`: as it came."""

    __slots__ = ("_digests", "_lane", "_received", "close")

    def __init__(self, lane: Lane, digests: Digests, *, received: bool = True) -> None:
        self._lane, self._digests, self._received = lane, digests, received
        self.close = lane.close

    @property
    def over(self) -> bool:
        return self._lane.over

    def feed(self, chunk: bytes) -> bytes:
        if self._received:
            self._digests.upstream.update(chunk)
        return self._given(self._lane.feed(chunk))

    def end(self) -> bytes:
        return self._given(self._lane.end())

    def fail(self, problem: Problem) -> bytes:
        return self._given(self._lane.fail(problem))

    def _given(self, out: bytes) -> bytes:
        self._digests.response.update(out)
        return out
