"""Ids of what an upstream holds leave with the mark of whose they are: in whole answers, and in frames before any rule sees them."""

import re
from collections.abc import Callable, Sequence
from typing import final

from lockgate.core.dialect import Ask, Dialect, Framing
from lockgate.core.exchange import Call
from lockgate.core.problem import Problem
from lockgate.core.remembered import Remembered
from lockgate.pipeline.attempt import Sent
from lockgate.pipeline.lanes import Lane
from lockgate.pipeline.ledger import Ledger

Mark = Callable[[str], str]
BESIDE = b"beside conversations"
"""In the place of one: what is kept for several is called the same in each answer."""
LONG = 8
"""Letters that are in no id by chance."""


def marks(call: Call, sent: Sent, ledger: Ledger) -> Mark | None:
    """None where the upstream holds nothing that the client could name.

    What a client chose itself may be another's: an id that a server made of the request's own is left as it is, and is nobody's.
    """
    upstream, caller, held = sent.upstream, ledger.caller, call.held
    holder = upstream.holder
    if holder is None or caller is None or sent.asked.dialect is not call.dialect:
        return None
    if held is None and not call.named.makes:
        return None
    line = holder.line(BESIDE) if held is None else held.name

    def made(id_: str) -> str:
        if holder.shares(id_) or _chosen(id_, ledger.request_id):
            return id_
        return holder.marked(id_, caller, upstream.seed, line)

    known: Remembered[str, str] = Remembered(made)
    return known.__getitem__


def _chosen(id_: str, request_id: str) -> bool:
    """A short one may be the end of any, and counts as a word of its own."""
    return request_id in id_ if len(request_id) >= LONG else request_id in (id_, re.split("[_-]", id_)[-1])


def marked(body: bytes, dialect: Dialect, mark: Mark) -> bytes:
    marks = dialect.naming.marked if dialect.naming is not None else None
    if dialect.holds is not None:
        marks = dialect.holds.marked
    return body if marks is None else marks(body, mark)


@final
class Marking:
    """A dialect's framing whose frames have marks."""

    __slots__ = ("_ask", "_dialect", "_framing", "_mark", "items")

    def __init__(self, dialect: Dialect, ask: Ask, mark: Mark) -> None:
        self._dialect, self._ask, self._mark = dialect, ask, mark
        self._framing: Framing = dialect.framing(ask)
        self.items: list[tuple[bytes, bytes]] = []
        """Those that began: how our own encoder names them, and how they are named."""

    def feed(self, data: bytes) -> Sequence[bytes]:
        return [self._marked(frame) for frame in self._framing.feed(data)]

    def end(self) -> Sequence[bytes]:
        return [self._marked(frame) for frame in self._framing.end()]

    def _marked(self, frame: bytes) -> bytes:
        payload = self._dialect.payload(frame, self._ask)
        if not payload or (at := frame.find(payload)) < 0:
            return frame
        document = marked(payload, self._dialect, self._mark)
        if self._dialect.holds is not None and (item := self._dialect.holds.begun(document, self._ask.request_id)):
            self.items.append(item)
        return frame[:at] + document + frame[at + len(payload) :]


@final
class Marked:
    """Before a lane; and behind it, where an item that began as the upstream's goes on as one of ours, for a rule changed its text:
    its name stays, for clients look.
    """

    __slots__ = ("_lane", "_marking", "_ours", "close")

    def __init__(self, lane: Lane, marking: Marking, request_id: str) -> None:
        self._lane, self._marking, self._ours = lane, marking, f"_{request_id}_".encode()
        self.close = lane.close

    @property
    def over(self) -> bool:
        return self._lane.over

    def feed(self, chunk: bytes) -> bytes:
        frames = self._marking.feed(chunk)
        return self._named(self._lane.feed(b"".join(frames))) if frames else b""

    def end(self) -> bytes:
        rest = self._marking.end()
        out = self._lane.feed(b"".join(rest)) if rest else b""
        return self._named(out + self._lane.end())

    def fail(self, problem: Problem) -> bytes:
        return self._named(self._lane.fail(problem))

    def _named(self, frames: bytes) -> bytes:
        if self._ours in frames:
            for ours, theirs in self._marking.items:
                for key in (b'id":"', b'item_id":"'):
                    frames = frames.replace(b'"' + key + ours + b'"', b'"' + key + theirs + b'"')
        return frames
