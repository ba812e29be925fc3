"""Events to stream frames, as the official SDKs accumulate them.

Blocks of this dialect come one after the other, each closed before the next begins. Calls that another dialect lets
interleave are therefore kept until the block before them is complete: see `pieces`.
"""

import msgspec

from lockgate.codec import sse
from lockgate.core.dialect import Ask
from lockgate.core.events import (
    BlockGiven,
    Ended,
    Event,
    Finished,
    LogProbs,
    MediaGiven,
    RefusalDelta,
    RunDelta,
    RunStarted,
    Started,
    TextDelta,
    ThinkingDelta,
    ThinkingSigned,
    ToolDelta,
    ToolStarted,
)
from lockgate.core.problem import Problem
from lockgate.dialects.anthropic_messages import answer, problem, runs, usage
from lockgate.dialects.anthropic_messages.notes import Notes
from lockgate.dialects.anthropic_messages.pieces import TEXT_DELTA, Piece, Pieces
from lockgate.dialects.anthropic_messages.write_blocks import Part, call_id

_encode = msgspec.json.Encoder().encode
_STOP = sse.frame(b'{"type":"message_stop"}', "message_stop")
_START = {"text": b'{"type":"text","text":""}', "thinking": b'{"type":"thinking","thinking":"","signature":""}'}
_DELTA = {"text": TEXT_DELTA, "thinking": b'{"type":"thinking_delta","thinking":'}
_SIGNATURE = b'{"type":"signature_delta","signature":'
_ARGUMENTS = b'{"type":"input_json_delta","partial_json":'


class Encoder:
    """One per answer. The first choice is told; of others only that they were is."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self._notes = Notes()
        self.lost: list[str] = self._notes.listed
        self._pieces = Pieces()
        self._calls: dict[int, Piece] = {}
        self._runs: dict[int, Piece] = {}
        self._refusal: list[str] = []
        self._finish = Finished("stop")
        self._block = 0
        self._started = self._over = False

    def feed(self, event: Event) -> bytes:
        # Most events of most streams: more text for the text block that is open.
        flow = self._pieces.flow
        if flow and type(event) is TextDelta and event.text and not event.choice and event.block == self._block:
            return flow + _encode(event.text) + b"}}\n\n"
        if self._over:
            return b""
        if isinstance(event, Started):
            return self._start(event)
        opening = b"" if self._started else self._start(Started("", ""))
        if isinstance(event, Ended):
            return opening + self._end(event)
        if event.choice:
            self._notes.add("n above 1")
            return opening
        return opening + self._content(event)

    def fail(self, problem_: Problem) -> bytes:
        self._over, self._pieces.flow = True, b""
        return sse.frame(problem.render(problem_, self._ask.request_id), "error")

    def _content(self, event: Event) -> bytes:
        match event:
            case TextDelta(text, _, block):
                return self._text("text", text, block)
            case ToolDelta(call, text):
                return self._arguments(self._calls.get(call), text)
            case RunDelta(run, text):
                return self._arguments(self._runs.get(run), text)
            case ThinkingDelta(text, _, block):
                return self._text("thinking", text, block)
            case ToolStarted():
                return self._call(event)
            case ThinkingSigned():
                return self._signed(event)
            case Finished():
                self._finish = event
                return self._pieces.flush()
            case _:
                return self._aside(event)

    def _aside(self, event: Event) -> bytes:
        """What has no block of its own, or one that only this dialect has."""
        if isinstance(event, RunStarted | BlockGiven):
            return self._own(event)
        if isinstance(event, RefusalDelta):
            self._refusal.append(event.text)
        elif isinstance(event, MediaGiven):
            self._notes.add(f"{event.media.kind} in the answer")
        elif isinstance(event, LogProbs):
            self._notes.add("logprobs")
        return b""

    def _own(self, event: RunStarted | BlockGiven) -> bytes:
        """A block of this dialect, as it was; what only another one has is lost."""
        if event.form != runs.FORM:
            self._notes.add(event.kind)
        elif isinstance(event, BlockGiven):
            return self._pieces.begin(Piece(event.kind, bytes(event.block), done=True))
        elif event.run not in self._runs:
            piece = self._runs[event.run] = Piece("tool_use", bytes(event.head))
            return self._pieces.begin(piece)
        return b""

    def _start(self, event: Started) -> bytes:
        if self._started:
            return b""
        self._started = True
        message: Part = {
            "id": event.id or f"msg_{self._ask.request_id}",
            "type": "message",
            "role": "assistant",
            "model": event.model or self._ask.model,
            "content": [],
            "stop_reason": None,
            "stop_sequence": None,
            "usage": usage.written(event.usage),
        }
        return sse.frame(_encode({"type": "message_start", "message": message}), "message_start")

    def _end(self, event: Ended) -> bytes:
        closing, self._over = self._pieces.flush(), True
        finish = "filtered" if self._refusal else self._finish.finish
        reason, sequence = answer.reason(finish, self._finish.stop, called=bool(self._calls), notes=self._notes)
        delta: Part = {"stop_reason": reason, "stop_sequence": sequence}
        if self._refusal:
            delta["stop_details"] = answer.refused("".join(self._refusal))
        ending = {"type": "message_delta", "delta": delta, "usage": usage.written(event.usage)}
        return closing + sse.frame(_encode(ending), "message_delta") + _STOP

    def _text(self, kind: str, text: str, block: int) -> bytes:
        """Goes on with the last block where it is of this kind and the same text, else begins one."""
        if not text:
            return b""
        if block != self._block:
            self._block = block
            if self._pieces.last is not None:
                self._pieces.last.done = True
        opening, piece = self._going_on(kind)
        return opening + self._pieces.say(piece, _DELTA[kind] + _encode(text) + b"}")

    def _going_on(self, kind: str) -> tuple[bytes, Piece]:
        last = self._pieces.last
        if last is not None and last.kind == kind and not last.done:
            return b"", last
        piece = Piece(kind, _START[kind])
        return self._pieces.begin(piece), piece

    def _signed(self, event: ThinkingSigned) -> bytes:
        if event.redacted:
            start = _encode({"type": "redacted_thinking", "data": event.redacted})
            return self._pieces.begin(Piece("redacted_thinking", start, done=True))
        if not event.signature:
            return b""
        opening, piece = self._going_on("thinking")
        piece.done = piece.signed = True
        return opening + self._pieces.say(piece, _SIGNATURE + _encode(event.signature) + b"}")

    def _call(self, event: ToolStarted) -> bytes:
        if event.call in self._calls:
            return b""
        if event.signature:
            self._notes.add("thought signatures")
        made = call_id(event.id) if event.id else answer.minted(self._ask, event.call)
        start: Part = {"type": "tool_use", "id": made, "name": event.name, "input": {}}
        piece = self._calls[event.call] = Piece("tool_use", _encode(start))
        return self._pieces.begin(piece)

    def _arguments(self, piece: Piece | None, text: str) -> bytes:
        if piece is None or piece.closed:
            if text.strip():
                self._notes.add("arguments of a call that is not open")
            return b""
        if not text:
            return b""
        piece.arguments.append(text)
        return self._pieces.say(piece, _ARGUMENTS + _encode(text) + b"}")
