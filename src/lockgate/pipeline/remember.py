"""An answer is kept as its client got it, behind every rule, when it came to its own end and nothing was wrong with it."""

from lockgate.core.cache import Kept
from lockgate.core.exchange import Call
from lockgate.core.http import Reply
from lockgate.core.problem import Problem
from lockgate.pipeline.charge import charge
from lockgate.pipeline.flow import Flow
from lockgate.pipeline.lanes import Lane
from lockgate.pipeline.ledger import UNDECIDED, Ledger
from lockgate.pipeline.question import Memo
from lockgate.pipeline.recall import giver


def remember(memo: Memo, reply: Reply, call: Call, ledger: Ledger) -> Reply:
    """The same reply. A stream is kept when it has ended."""
    if reply.status == 200 and isinstance(reply.body, bytes):
        _keep(memo, call, reply.body, ledger)
    elif reply.status == 200 and isinstance(reply.body, Flow):
        reply.body.wrap(lambda lane: Remembered(lane, memo, call, ledger))
    return reply


def _keep(memo: Memo, call: Call, body: bytes, ledger: Ledger) -> None:
    """What was cut, blocked or broken is not the answer to the question, and is asked again. So is what a guard that was away
    let pass: when it is back, it is asked.
    """
    if any(found.action == UNDECIDED for found in ledger.findings):
        return
    if ledger.problem is not None or ledger.end not in ("", "complete") or len(body) > memo.policy.largest:
        return
    if ledger.tried is None:
        return
    cost, ask = charge(ledger), call.ask
    kept = Kept(
        ledger.wall,
        body,
        ask.stream,
        ask.usage,
        ask.array,
        giver(ledger.tried.upstream),
        ledger.usage,
        "" if cost is None else str(cost),
        tuple(ledger.lost),
    )
    memo.answers.put(memo.key, kept, memo.policy.seconds)
    if (meant := memo.meant) is not None and meant.asked is not None:
        end = ledger.wall + memo.policy.seconds
        meant.similar.add(meant.asked, meant.vector, memo.key, end, memo.policy.seconds)


class Remembered:
    """Around a lane: keeps what leaves, up to the size that is kept."""

    __slots__ = ("_call", "_ended", "_lane", "_ledger", "_memo", "_parts", "_size")

    def __init__(self, lane: Lane, memo: Memo, call: Call, ledger: Ledger) -> None:
        self._lane, self._memo, self._call, self._ledger = lane, memo, call, ledger
        self._parts: list[bytes] = []
        self._size = 0
        self._ended = False

    @property
    def over(self) -> bool:
        return self._lane.over

    def feed(self, chunk: bytes) -> bytes:
        out = self._noted(self._lane.feed(chunk))
        self._ended = self._ended or self._lane.over
        return out

    def end(self) -> bytes:
        out = self._noted(self._lane.end())
        self._ended = True
        return out

    def fail(self, problem: Problem) -> bytes:
        self._drop()
        return self._lane.fail(problem)

    def close(self) -> None:
        self._lane.close()
        if self._parts and self._ended and (self._ledger.whole or self._ledger.heard_end):
            _keep(self._memo, self._call, b"".join(self._parts), self._ledger)
        self._drop()

    def _noted(self, out: bytes) -> bytes:
        if self._size <= self._memo.policy.largest:
            self._size += len(out)
            self._parts.append(out)
            if self._size > self._memo.policy.largest:
                self._parts = []
        return out

    def _drop(self) -> None:
        self._parts, self._size = [], self._memo.policy.largest + 1
