"""An answer of vectors on its way to the client: numbers, which no rule can read, and of which there may be very many.

A small one is whole before a byte of it leaves, as every answer is: `attempt` saw to that. A large one goes by as it comes, and
no more than a chunk of it is held; where rules look at answers it is read whole, for what is around the numbers is theirs.
"""

from typing import final

from lockgate.core.egress import Egress, Reading
from lockgate.core.exchange import Call
from lockgate.core.http import Reply
from lockgate.core.problem import Problem
from lockgate.core.vectors import Passed
from lockgate.pipeline.alarm import leak
from lockgate.pipeline.attempt import Sent
from lockgate.pipeline.credentials import Read
from lockgate.pipeline.egress import leaking_head
from lockgate.pipeline.flow import Flow
from lockgate.pipeline.lanes import Lane, cut_short
from lockgate.pipeline.ledger import Ledger
from lockgate.pipeline.no_answer import an_object
from lockgate.pipeline.passing import answer_headers
from lockgate.pipeline.prove import Hashed
from lockgate.pipeline.review import Review
from lockgate.pipeline.unary import JSON, raised, read

LAST = 1
"""Bytes that wait for the end: the answer is not whole for the client before its outcome is durable."""
BEGUN = 4096
"""Bytes that wait where a secret may have begun in them: more than any has."""


async def answered(call: Call, sent: Sent, review: Review, ledger: Ledger, egress: Egress | None) -> Reply:
    table, arrival = call.dialect.vectors, sent.arrival
    assert table is not None
    headers = JSON + answer_headers(call, sent.asked.dialect, arrival)
    if isinstance(arrival.body, Read) or review:
        return Reply(200, headers, await _whole(call, sent, review, ledger))
    lane: Lane = Passing(table.passed(), egress.reading() if egress is not None else None, ledger)
    if ledger.digests is not None:
        lane = Hashed(lane, ledger.digests)
    if egress is not None and (problem := leaking_head(headers, egress, ledger)):
        raise problem
    return Reply(200, headers, Flow(lane, sent.peeked, arrival.body, ledger))


async def _whole(call: Call, sent: Sent, review: Review, ledger: Ledger) -> bytes:
    """Where rules look, what they saw and the vectors, and no other bytes: of two fields of one name they saw one."""
    table, dialect = call.dialect.vectors, call.dialect
    assert table is not None
    body = await read(sent, ledger)
    await raised(an_object(body), body, dialect, review)
    ledger.counted(dialect.unary_usage(body))
    ledger.whole = True
    if not review:
        return body
    bare = table.bare(body)
    return bare.filled(await review.document(an_object(bare.rest), dialect))


@final
class Passing:
    """The lane of a large one. There is no word in it for an error: it breaks off, and never ends cleanly."""

    __slots__ = ("_held", "_ledger", "_passed", "_reading", "over")

    def __init__(self, passed: Passed, reading: Reading | None, ledger: Ledger) -> None:
        self._passed, self._reading, self._ledger = passed, reading, ledger
        self._held = b""
        self.over = False

    def feed(self, chunk: bytes) -> bytes:
        self._passed.feed(chunk)
        reading = self._reading
        if reading is not None and (label := reading.feed(chunk)):
            raise leak(label, "stream", self._ledger)
        keep = BEGUN if reading is not None and reading.waiting else LAST
        out = self._held + chunk
        self._held = out[-keep:]
        return out[:-keep]

    def end(self) -> bytes:
        if not self._passed.ended:
            raise cut_short()
        return self._held

    def fail(self, problem: Problem) -> bytes:
        raise problem

    def close(self) -> None:
        self._ledger.counted(self._passed.usage)
        self._ledger.whole = self._passed.ended
