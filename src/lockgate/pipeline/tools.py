"""May the model have these tools? What a request offers is looked at, and what an answer calls."""

from collections.abc import Collection, Sequence

from msgspec import structs

from lockgate.core.answer import Answer
from lockgate.core.body import parse
from lockgate.core.chat import ToolCall
from lockgate.core.events import RunStarted, ToolPieces, ToolStarted
from lockgate.core.exchange import Call
from lockgate.core.level import Level
from lockgate.core.policy import Standing
from lockgate.core.problem import Kind, Problem
from lockgate.pipeline.flow_rules import flowing
from lockgate.pipeline.lanes import Lane, Sides, heard
from lockgate.pipeline.ledger import Ledger


def bounded(call: Call, standing: Standing) -> Call:
    """The call, whose answer may only hold calls of tools that the policy allows. `Problem` for one that is offered
    and not allowed; what cannot be named is not allowed.
    """
    levels = standing.tooled
    if not levels:
        return call
    document = parse(call.body).tree
    if call.dialect.tools is None:
        raise Problem(Kind.FORBIDDEN, "this key may not use tools in this dialect")
    for offered in call.dialect.tools(document):
        if not offered.name or not _allowed(levels, offered.name):
            where = ".".join(map(str, offered.path))
            raise Problem(Kind.FORBIDDEN, f"this key may not use {_shown(offered.name)}", where=where)
    return structs.replace(call, tools=levels)


def checked(call: Call) -> bool:
    """Whether somebody has to look at the tools that an answer calls."""
    return bool(call.tools or call.flows)


def check_answer(answer: Answer, call: Call, ledger: Ledger) -> None:
    """A model may call what nobody offered: by mistake, or because somebody told it to."""
    for number, name in enumerate(answer.runs):
        _check(name, call, ledger, answer.runs[:number])
    for choice in answer.choices:
        for block in choice.blocks:
            if isinstance(block, ToolCall):
                _check(block.name, call, ledger, answer.runs)


class Bounded:
    """Before a lane: whole frames go on to it once no forbidden call begins in them."""

    __slots__ = ("_begun", "_call", "_decoder", "_framing", "_lane", "_ledger", "_ran", "_sides", "close", "fail")

    def __init__(self, lane: Lane, sides: Sides, call: Call, ledger: Ledger) -> None:
        self._lane, self._sides, self._call, self._ledger = lane, sides, call, ledger
        self._framing, self._decoder = sides.source.framing(sides.asked), sides.source.decoder(sides.asked)
        self._ran: set[str] = set()
        self._begun: set[tuple[int, int, str, int]] = set()
        self.fail, self.close = lane.fail, lane.close

    @property
    def over(self) -> bool:
        return self._lane.over

    def feed(self, chunk: bytes) -> bytes:
        return self._passed(self._framing.feed(chunk))

    def end(self) -> bytes:
        return self._passed(self._framing.end()) + self._lane.end()

    def _passed(self, frames: Sequence[bytes]) -> bytes:
        for frame in frames:
            for event in heard(self._decoder, frame, self._sides, self._ledger):
                if isinstance(event, ToolStarted | ToolPieces):
                    self._begins(event)
                elif isinstance(event, RunStarted):
                    _check(event.name, self._call, self._ledger, self._ran)
                    self._ran.add(event.name)
        return self._lane.feed(b"".join(frames)) if frames else b""

    def _begins(self, event: ToolStarted | ToolPieces) -> None:
        """A call in pieces begins with the first of them, and is looked at again when it is whole if more ran by then."""
        begun = (event.choice, event.call, event.name, len(self._ran))
        if begun in self._begun:
            return
        if isinstance(event, ToolPieces):
            self._begun.add(begun)
        elif event.spelt:
            _check_spelt(event.spelt, self._call, self._ledger, self._ran)
        _check(event.name, self._call, self._ledger, self._ran)


def _check(name: str, call: Call, ledger: Ledger, ran: Collection[str]) -> None:
    if not _allowed(call.tools, name):
        raise _called(name)
    if call.flows:
        flowing(name, call.flows, ledger, ran)


def _check_spelt(name: str, call: Call, ledger: Ledger, ran: Collection[str]) -> None:
    """Of several names it need not be one that is allowed, but none that is denied."""
    if any(level.denies("tools", name) for level in call.tools):
        raise _called(name)
    if call.flows:
        flowing(name, call.flows, ledger, ran)


def _allowed(levels: Sequence[Level], name: str) -> bool:
    return all(level.allows("tools", name) for level in levels)


def _shown(name: str) -> str:
    text = "".join(c if c.isprintable() else "?" for c in name[:64])
    return f"the tool '{text}'" if name else "a tool without a name"


def _called(name: str) -> Problem:
    return Problem(Kind.BLOCKED, f"the model called {_shown(name)}, which this key may not use", source="gateway")
