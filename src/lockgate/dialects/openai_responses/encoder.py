"""Streamed answers: events to frames. Texts are said again where their parts and items end, and in the response: see `growing`."""

from typing import Any

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
    RunStarted,
    Started,
    TextDelta,
    ThinkingDelta,
    ThinkingSigned,
    ToolDelta,
    ToolStarted,
)
from lockgate.core.problem import Kind, Problem
from lockgate.dialects.openai_responses import answer, problem, response, runs, sealed
from lockgate.dialects.openai_responses.growing import Call, Room, Said, Thought
from lockgate.dialects.openai_responses.losses import Losses

_encode = msgspec.json.Encoder().encode
_tree = msgspec.json.Decoder(dict[str, Any]).decode
_TEXT = "response.output_text.delta"


class Encoder:
    """One per answer. The first choice is told; of others only that they were is."""

    __slots__ = (
        "_ask",
        "_begun",
        "_block",
        "_calls",
        "_finish",
        "_flow",
        "_losses",
        "_number",
        "_open",
        "_output",
        "_over",
        "lost",
        "room",
    )

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self._losses = Losses()
        self.lost: list[str] = self._losses.listed
        self._begun: response.Wire | None = None
        self._output: list[Any] = []
        self._open: Said | Thought | None = None
        self._calls: dict[int, Call] = {}
        self._finish: Finished | None = None
        self._number = 0
        self._flow = b""
        self._block = 0
        self._over, self.room = False, Room()

    def feed(self, event: Event) -> bytes:
        # Most events of most streams: more text for the text that is open.
        if (
            self._flow
            and event.__class__ is TextDelta
            and not event.choice
            and event.block == self._block
            and event.text
        ):
            return self._more(event.text)
        if self._over:
            return b""
        if isinstance(event, Started):
            return self._start(event) if self._begun is None else b""
        opening = b"" if self._begun is not None else self._start(Started("", ""))
        if isinstance(event, Ended):
            return opening + self._end(event)
        if event.choice:
            self._losses.add("answers beside the first")
        elif self._finish is None:
            return opening + self._content(event)
        return opening

    def fail(self, problem_: Problem) -> bytes:
        """The error, and the response as one that failed. What it said may be what must not leave."""
        self._over, self._flow = True, b""
        told, self._number = problem.event(problem_, self._ask.request_id, self._number), self._number + 1
        if self._begun is None or problem_.kind is Kind.LEAK:  # the id and the model's name are the upstream's
            self._begun = response.envelope("", "", 0, self._ask)
        failed = self._begun | {"status": "failed", "error": problem.failure(problem_)}
        return sse.frame(_encode(told), "error") + self.frame("response.failed", {"response": failed})

    def frame(self, name: str, fields: dict[str, Any]) -> bytes:
        number, self._number = self._number, self._number + 1
        return sse.frame(_encode({"type": name, **fields, "sequence_number": number}), name)

    def delta(self, name: str, text: str, where: response.Wire) -> bytes:
        number, self._number = self._number, self._number + 1
        return sse.frame(_encode({"type": name, "delta": text, "sequence_number": number, **where}), name)

    def place(self) -> int:
        """For an item that begins now: its index in the output."""
        self._output.append(None)
        return len(self._output) - 1

    def id(self, kind: str, index: int) -> str:
        return response.item_id(kind, self._ask.request_id, index)

    def added(self, index: int, item: Any) -> bytes:
        return self.frame("response.output_item.added", {"output_index": index, "item": item})

    def done(self, index: int, item: Any) -> bytes:
        self._output[index] = item
        return self.frame("response.output_item.done", {"output_index": index, "item": item})

    def _more(self, text: str) -> bytes:
        self.room.take(len(text))
        if self._open is not None:
            self._open.texts.append(text)
        number, self._number = self._number, self._number + 1
        # The number within, and not at the end: so whoever looks for secrets knows the frame again by what is around it.
        return self._flow + _encode(text) + b',"sequence_number":%d,"logprobs":[]}\n\n' % number

    def _start(self, event: Started) -> bytes:
        self._begun = response.envelope(event.id, event.model, event.created, self._ask)
        told = {"response": self._begun}
        return self.frame("response.created", told) + self.frame("response.in_progress", told)

    def _content(self, event: Event) -> bytes:
        match event:
            case TextDelta(text, _, block):
                return self._said(text, block, refused=False)
            case ThinkingDelta(text, _, block):
                return self._thought(text, block)
            case RefusalDelta(text):
                return self._said(text, 0, refused=True)
            case ToolStarted():
                return self._call(event)
            case ToolDelta(call, arguments):
                return self._arguments(self._calls.get(call), arguments)
            case ThinkingSigned():
                return self._signed(event)
            case Finished():
                return self._close(event)
            case _:
                return self._aside(event)

    def _said(self, text: str, block: int, *, refused: bool) -> bytes:
        if not text:
            return b""
        out, self._flow = b"", b""
        said = self._open
        if not isinstance(said, Said):
            out = self._shut()
            said = self._open = Said(self)
            out += said.begin()
        if said.refused is not refused or block != self._block:
            out += said.part(refused=refused)
        self._block = block
        if refused:
            return out + said.more(text)
        head = {"type": _TEXT, "item_id": said.item_id, "output_index": said.index, "content_index": said.count}
        self._flow = b'event: %b\ndata: %b,"delta":' % (_TEXT.encode(), _encode(head)[:-1])
        return out + self._more(text)

    def _thought(self, text: str, block: int) -> bytes:
        if not text:
            return b""
        out, thought = b"", self._open
        if not isinstance(thought, Thought) or block != self._block:
            out = self._shut()
            thought = self._open = Thought(self)
            out += thought.begin()
        self._block = block
        return out + thought.more(text)

    def _signed(self, event: ThinkingSigned) -> bytes:
        out = b""
        if event.redacted or not isinstance(self._open, Thought):
            out, self._open = self._shut(), Thought(self)
            out += self._open.begin()
        self._open.seal = sealed.WHOLE + event.redacted if event.redacted else event.signature
        return out + self._shut()

    def _call(self, event: ToolStarted) -> bytes:
        if event.call in self._calls:
            return b""
        out = self._shut()
        if event.signature:
            index = self.place()
            item = {"id": self.id("rs", index), **sealed.written("", sealed.OF_CALL + event.signature)}
            out += self.added(index, item) + self.done(index, item)
        call = self._calls[event.call] = Call(self, self._ask, event)
        return out + call.begin()

    def _arguments(self, call: Call | None, text: str) -> bytes:
        if call is None:
            self._losses.add("arguments of a call that did not begin")
            return b""
        return call.more(text) if text else b""

    def _aside(self, event: Event) -> bytes:
        """What comes whole: a picture, and items that only this dialect has."""
        if isinstance(event, MediaGiven):
            if event.media.kind != "image" or not event.media.data:
                self._losses.add(f"{event.media.kind} in answers")
                return b""
            self.room.take(len(event.media.data))
            return self._shut() + self._whole(response.picture("", event.media))
        if isinstance(event, LogProbs):
            if isinstance(self._open, Said):
                self.room.take(len(bytes(event.raw)))
                self._open.logprobs += answer.content(event.raw)
        elif isinstance(event, BlockGiven) and event.form == runs.FORM:
            return self._shut() + self._whole(_tree(event.block))
        elif isinstance(event, BlockGiven | RunStarted) and event.form != runs.FORM:
            self._losses.add(event.kind)
        return b""

    def _whole(self, item: response.Wire) -> bytes:
        index = self.place()
        item = item | {"id": item.get("id") or self.id("ig", index)}
        return self.added(index, item) + self.done(index, item)

    def _shut(self, state: str = "completed") -> bytes:
        """What is open, but for calls: those may go on beside other things."""
        open_, self._open, self._flow = self._open, None, b""
        return open_.end(state) if open_ is not None else b""

    def _close(self, event: Finished) -> bytes:
        self._finish = event
        if event.stop:
            self._losses.add("stop sequence")
        state = response.status(event.finish)
        return self._shut(state) + b"".join([call.end(state) for call in self._calls.values()])

    def _end(self, event: Ended) -> bytes:
        closing = self._close(Finished("stop")) if self._finish is None else b""
        finish = self._finish.finish if self._finish is not None else "stop"
        output = [each for each in self._output if each is not None]
        told = response.ended(self._begun or {}, finish, output, event.usage)
        self._over = True
        return closing + self.frame(f"response.{told['status']}", {"response": told})
