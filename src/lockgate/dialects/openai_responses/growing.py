"""Items of a streamed answer that are still open: what begins, goes on with and ends each of them."""

from typing import Any, Protocol

from lockgate.core.chat import ToolCall
from lockgate.core.dialect import Ask
from lockgate.core.events import ToolStarted
from lockgate.core.problem import Kind, Problem
from lockgate.dialects.openai_responses import response, sealed

Wire = dict[str, Any]
MOST = 64 << 20
"""Bytes of an answer, as of a whole one: that much is held, for its end says all of it again."""
PIECE = 64
"""Bytes that each piece takes beside its text."""


class Room:
    """How much more of an answer can be held."""

    __slots__ = ("left",)

    def __init__(self) -> None:
        self.left = MOST

    def take(self, size: int) -> None:
        self.left -= size + PIECE
        if self.left < 0:
            raise Problem(Kind.BAD_UPSTREAM, "the upstream's answer is too long", source="upstream")


class Growing(Protocol):
    """The stream that an item grows in."""

    room: Room

    def frame(self, name: str, fields: Wire) -> bytes: ...
    def delta(self, name: str, text: str, where: Wire) -> bytes:
        """More of a text; its number stands within the frame, so that all else of it is the same in the next one."""
        ...

    def place(self) -> int: ...
    def id(self, kind: str, index: int) -> str: ...
    def added(self, index: int, item: Any) -> bytes: ...
    def done(self, index: int, item: Any) -> bytes: ...


class Said:
    """A message. Its parts come one after the other: `refused` says what the open one is, None where there is none."""

    __slots__ = ("_parts", "_stream", "_where", "index", "item_id", "logprobs", "refused", "texts")

    def __init__(self, stream: Growing) -> None:
        self._stream = stream
        self.index = stream.place()
        self.item_id = stream.id("msg", self.index)
        self.refused: bool | None = None
        self.texts: list[str] = []
        self.logprobs: list[Any] = []
        self._parts: list[Wire] = []
        self._where: Wire = {"item_id": self.item_id, "output_index": self.index}

    @property
    def count(self) -> int:
        return len(self._parts)

    def begin(self) -> bytes:
        return self._stream.added(self.index, response.message(self.item_id, [], "in_progress"))

    def part(self, *, refused: bool) -> bytes:
        """Ends the part before."""
        out = self._part_ends()
        self.refused = refused
        part = response.refusal("") if refused else response.text("", [])
        return out + self._stream.frame("response.content_part.added", {**self._at(), "part": part})

    def more(self, text: str) -> bytes:
        """Of a refusal; texts go the short way."""
        self._stream.room.take(len(text))
        self.texts.append(text)
        return self._stream.delta("response.refusal.delta", text, self._at())

    def end(self, state: str) -> bytes:
        out = self._part_ends()
        return out + self._stream.done(self.index, response.message(self.item_id, self._parts, state))

    def _at(self) -> Wire:
        return self._where | {"content_index": self.count}

    def _part_ends(self) -> bytes:
        if self.refused is None:
            return b""
        text, at = "".join(self.texts), self._at()
        part = response.refusal(text) if self.refused else response.text(text, self.logprobs)
        name = "refusal" if self.refused else "output_text"
        told = {"refusal": text} if self.refused else {"text": text, "logprobs": self.logprobs}
        self._parts.append(part)
        self.refused, self.texts, self.logprobs = None, [], []
        ended = self._stream.frame(f"response.{name}.done", {**at, **told})
        return ended + self._stream.frame("response.content_part.done", {**at, "part": part})


class Thought:
    """A reasoning item: what was thought is its summary."""

    __slots__ = ("_stream", "_where", "index", "item_id", "seal", "texts")

    def __init__(self, stream: Growing) -> None:
        self._stream = stream
        self.index = stream.place()
        self.item_id = stream.id("rs", self.index)
        self.texts: list[str] = []
        self.seal = ""
        self._where: Wire = {"item_id": self.item_id, "output_index": self.index, "summary_index": 0}

    def begin(self) -> bytes:
        return self._stream.added(self.index, {"id": self.item_id, "type": "reasoning", "summary": []})

    def more(self, text: str) -> bytes:
        out = b""
        self._stream.room.take(len(text))
        if not self.texts:
            part = {"type": "summary_text", "text": ""}
            out = self._stream.frame("response.reasoning_summary_part.added", {**self._where, "part": part})
        self.texts.append(text)
        return out + self._stream.delta("response.reasoning_summary_text.delta", text, self._where)

    def end(self, state: str) -> bytes:
        out, text = b"", "".join(self.texts)
        if text:
            part = {"type": "summary_text", "text": text}
            out = self._stream.frame("response.reasoning_summary_text.done", {**self._where, "text": text})
            out += self._stream.frame("response.reasoning_summary_part.done", {**self._where, "part": part})
        return out + self._stream.done(self.index, {"id": self.item_id, **sealed.written(text, self.seal)})


class Call:
    """A call. One of a tool that takes any text is told at its end: until then nobody knows where that text ends."""

    __slots__ = ("_ask", "_call_id", "_kind", "_name", "_stream", "_texts", "_where", "index", "item_id")

    def __init__(self, stream: Growing, ask: Ask, event: ToolStarted) -> None:
        self._stream, self._ask, self._name = stream, ask, event.name
        self.index = stream.place()
        self.item_id = stream.id("fc", self.index)
        self._call_id = event.id or f"call_{ask.seed}_{event.call}"
        self._texts: list[str] = []
        self._where: Wire = {"item_id": self.item_id, "output_index": self.index}
        self._kind: str = self._item("", "in_progress")["type"]

    def begin(self) -> bytes:
        return self._stream.added(self.index, self._item("", "in_progress"))

    def more(self, text: str) -> bytes:
        self._stream.room.take(len(text))
        self._texts.append(text)
        if self._kind == "custom_tool_call":
            return b""
        return self._stream.delta("response.function_call_arguments.delta", text, self._where)

    def end(self, state: str) -> bytes:
        item = self._item("".join(self._texts), state)
        if self._kind == "custom_tool_call":
            told = {"input": item["input"]}
            name = "response.custom_tool_call_input"
            out = self._stream.delta(f"{name}.delta", item["input"], self._where)
        else:
            told, out = {"name": item["name"], "arguments": item["arguments"]}, b""
            name = "response.function_call_arguments"
        return out + self._stream.frame(f"{name}.done", {**self._where, **told}) + self._stream.done(self.index, item)

    def _item(self, arguments: str, state: str) -> Wire:
        call = ToolCall(self._call_id, self._name, arguments)
        return response.call(call, self.item_id, state, self._ask)
