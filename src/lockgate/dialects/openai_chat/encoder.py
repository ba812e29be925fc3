"""Streamed answers: events to frames."""

from collections.abc import Sequence
from typing import Any

import msgspec

from lockgate.codec import sse
from lockgate.core.answer import Usage
from lockgate.core.chat import Media, Thinking
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
from lockgate.core.problem import Problem
from lockgate.dialects.openai_chat import answer, problem, usage
from lockgate.dialects.openai_chat.called import call_id
from lockgate.dialects.openai_chat.outgoing_turns import Losses, detail

_encode = msgspec.json.Encoder().encode
_DONE = b"data: [DONE]\n\n"
_ROLE = b'{"role":"assistant","content":""}'


class Encoder:
    """Every chunk repeats id, date and model: they are written once, at the start. Nothing has to be in sequence here."""

    __slots__ = ("_after", "_ask", "_before", "_details", "_head", "_roles", "_tail", "_thought", "lost")

    def __init__(self, ask: Ask) -> None:
        self.lost: list[str] = []
        self._ask = ask
        self._roles: set[int] = set()
        self._thought: dict[int, list[str]] = {}
        self._details: dict[int, int] = {}
        self._tail = b'],"usage":null}\n\n' if ask.usage else b"]}\n\n"
        self._after = b'},"logprobs":null,"finish_reason":null}' + self._tail
        self._begin(Started("", ""))

    def feed(self, event: Event) -> bytes:
        if event.__class__ is TextDelta and event.choice == 0 and self._roles:  # nearly all of them
            return self._before + _encode(event.text) + self._after
        match event:
            case TextDelta(text, choice):
                return self._delta(choice, b'{"content":' + _encode(text) + b"}")
            case ThinkingDelta(text, choice):
                self._thought.setdefault(choice, []).append(text)
                return self._delta(choice, b'{"reasoning_content":' + _encode(text) + b"}")
            case ToolDelta(call, arguments, choice):
                # The empty name is for Mistral's SDK, which refuses a call without one; vLLM and Mistral send it too.
                function = b'{"tool_calls":[{"index":%d,"function":{"name":"","arguments":%b}}]}'
                return self._delta(choice, function % (call, _encode(arguments)))
        return self._rarer(event)

    def fail(self, problem_: Problem) -> bytes:
        """The SDKs raise at a chunk with `error`. No [DONE] after it."""
        return sse.frame(problem.render(problem_, self._ask.request_id))

    def _rarer(self, event: Event) -> bytes:
        match event:
            case Started():
                self._begin(event)
                return self._role(0)
            case RefusalDelta(text, choice):
                return self._delta(choice, b'{"refusal":' + _encode(text) + b"}")
            case ToolStarted():
                return self._delta(event.choice, _encode({"tool_calls": [self._called(event)]}))
            case ThinkingSigned():
                return self._delta(event.choice, _encode({"reasoning_details": [self._signed(event)]}))
            case LogProbs(raw, choice):
                return self._chunk(choice, b"{}", bytes(raw), b"null")
            case MediaGiven(media, choice):
                return self._media(media, choice)
            case Finished() | Ended():
                return self._last(event)
            case RunStarted() | BlockGiven():
                self._lose([event.kind])
        return b""

    def _last(self, event: Finished | Ended) -> bytes:
        if isinstance(event, Finished):
            if event.stop:
                self._lose(["stop sequence"])
            reason = _encode(answer.REASON[event.finish])
            return self._role(event.choice) + self._chunk(event.choice, b"{}", b"null", reason)
        return (self._counts(event.usage) if self._ask.usage else b"") + _DONE

    def _begin(self, started: Started) -> None:
        told = {
            "id": started.id or f"chatcmpl-{self._ask.request_id}",
            "object": "chat.completion.chunk",
            "created": started.created or self._ask.created,
            "model": started.model or self._ask.model,
        }
        self._head = b"data: " + _encode(told)[:-1] + b',"choices":['
        self._before = self._head + b'{"index":0,"delta":{"content":'

    def _role(self, choice: int) -> bytes:
        """The first chunk of a choice says whose words they are."""
        if choice in self._roles:
            return b""
        self._roles.add(choice)
        return self._chunk(choice, _ROLE, b"null", b"null")

    def _delta(self, choice: int, delta: bytes) -> bytes:
        chunk = self._chunk(choice, delta, b"null", b"null")
        return chunk if choice in self._roles else self._role(choice) + chunk

    def _chunk(self, choice: int, delta: bytes, logprobs: bytes, finish: bytes) -> bytes:
        said = b'{"index":%d,"delta":%b,"logprobs":%b,"finish_reason":%b}' % (choice, delta, logprobs, finish)
        return self._head + said + self._tail

    def _counts(self, counted: Usage) -> bytes:
        return self._head + b'],"usage":' + _encode(usage.encode(counted)) + b"}\n\n"

    def _called(self, event: ToolStarted) -> dict[str, Any]:
        id_ = call_id(event.id) or f"call_{self._ask.seed}_{event.choice}_{event.call}"
        call: dict[str, Any] = {"index": event.call, "id": id_, "type": "function"}
        call["function"] = {"name": event.name, "arguments": ""}
        if event.signature:
            call["extra_content"] = {"google": {"thought_signature": event.signature}}
        return call

    def _signed(self, event: ThinkingSigned) -> dict[str, Any]:
        """The whole block once more, so that a client which keeps the details can send it back as it was."""
        index = self._details.get(event.choice, 0)
        self._details[event.choice] = index + 1
        if event.redacted:
            return detail(Thinking(redacted=event.redacted), index)
        told = "".join(self._thought.pop(event.choice, ()))
        return detail(Thinking(told, event.signature), index)

    def _media(self, media: Media, choice: int) -> bytes:
        given: dict[str, Any] = {}
        lost = Losses()
        answer.given(media, given, self._ask, lost)
        self._lose(lost.all())
        return self._delta(choice, _encode(given)) if given else b""

    def _lose(self, names: Sequence[str]) -> None:
        self.lost.extend(name for name in names if name not in self.lost)
