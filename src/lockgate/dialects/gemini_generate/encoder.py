"""Streamed answers: events to the chunks that Google's clients read, as events or as one JSON array."""

import re
from typing import Any

from lockgate.codec import json_array, sse
from lockgate.core.answer import Finish
from lockgate.core.chat import Thinking, ToolCall
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
    RunOutput,
    RunStarted,
    Started,
    TextDelta,
    ThinkingDelta,
    ThinkingSigned,
    ToolDelta,
    ToolStarted,
)
from lockgate.core.problem import Problem
from lockgate.dialects.gemini_generate import finish, logprobs, media, problem, runs, turns, usage, wire

_BASE64 = re.compile(r"[A-Za-z0-9+/_-]+={0,2}")


class Encoder:
    """Tool calls are given whole, so they wait for their choice's end; ends wait for the counts of the last chunk."""

    __slots__ = ("_array", "_ask", "_calls", "_finished", "_runs", "_tail", "lost")

    def __init__(self, ask: Ask) -> None:
        self.lost: list[str] = []
        self._ask = ask
        self._array = json_array.Writer() if ask.array else None
        self._calls: dict[tuple[int, int], tuple[ToolStarted, list[str]]] = {}
        self._finished: dict[int, Finish] = {}
        self._runs: dict[tuple[int, int], RunStarted] = {}
        self._tail = b"}"

    def feed(self, event: Event) -> bytes:
        match event:
            case TextDelta(text, choice):
                return self._chunk(choice, b'{"text":%b}' % wire.encode(text))
            case ThinkingDelta(text, choice):
                return self._chunk(choice, b'{"text":%b,"thought":true}' % wire.encode(text))
            case ToolStarted():
                self._calls[event.choice, event.call] = (event, [])
            case ToolDelta(call, arguments, choice):
                if (choice, call) in self._calls:
                    self._calls[choice, call][1].append(arguments)
            case Started():
                self._begin(event)
            case Finished(reason, choice, stop):
                self._finished[choice] = reason
                if stop:
                    self._lose("which stop sequence ended the answer")
            case Ended():
                return self._end(event)
            case _:
                return self._rare(event)
        return b""

    def fail(self, problem_: Problem) -> bytes:
        """An error where a chunk would be. No finish reason was sent, nor will be."""
        written = self._write(problem.render(problem_, self._ask.request_id))
        return written + self._array.end() if self._array else written

    def _begin(self, event: Started) -> None:
        model = wire.encode(event.model or self._ask.model)
        self._tail = b',"modelVersion":%b,"responseId":%b}' % (model, wire.encode(event.id or self._ask.request_id))

    def _rare(self, event: Event) -> bytes:
        match event:
            case ThinkingSigned(signature, redacted, choice):
                return self._signature(signature, redacted, choice)
            case RefusalDelta(text, choice):
                self._lose("refusal mark")
                return self._chunk(choice, wire.encode({"text": text}))
            case MediaGiven(given, choice):
                part = media.part(given, self.lost)
                return self._chunk(choice, wire.encode(part)) if part else b""
            case RunStarted() | BlockGiven():
                return self._own(event)
            case RunDelta(run, text, choice) | RunOutput(run, text, choice):
                written = runs.part(self._runs.get((choice, run)), text)
                return self._chunk(choice, written) if written else b""
            case LogProbs(raw, choice) if wire.present(result := logprobs.encode(raw)):
                return self._chunk(choice, b'{"text":""}', b',"logprobsResult":' + bytes(result))
            case _:
                return b""

    def _own(self, event: RunStarted | BlockGiven) -> bytes:
        """A part of this dialect, as it was; what only another one has is lost."""
        if event.form != runs.FORM:
            self._lose(event.kind)
        elif isinstance(event, BlockGiven):
            return self._chunk(event.choice, bytes(event.block))
        else:
            self._runs[event.choice, event.run] = event
        return b""

    def _signature(self, signature: str, redacted: str, choice: int) -> bytes:
        if redacted:
            self._lose("redacted thinking")
        if signature and not _BASE64.fullmatch(signature):
            self._lose("thinking signature")  # Google's clients decode it, and would fall over
            return b""
        return b"".join(self._chunk(choice, wire.encode(part)) for part in turns.thinking(Thinking("", signature)))

    def _end(self, event: Ended) -> bytes:
        if event.usage.written:
            self._lose("the count of tokens written to a cache")
        last: dict[str, Any] = {}
        candidates = [self._last(choice, reason) for choice, reason in sorted(self._finished.items())]
        if candidates:
            last["candidates"] = candidates
        last["usageMetadata"] = usage.encode(event.usage)
        written = self._write(wire.encode(last)[:-1] + self._tail)
        return written + self._array.end() if self._array else written

    def _last(self, choice: int, reason: Finish) -> dict[str, Any]:
        calls = [held for (owner, _), held in sorted(self._calls.items()) if owner == choice]
        made = [ToolCall(started.id, started.name, "".join(texts), started.signature) for started, texts in calls]
        parts = [turns.call(each, self.lost) for each in turns.signed(made)]
        content = {"content": {"parts": parts or [{"text": ""}], "role": "model"}}
        return {**content, "finishReason": finish.REASON[reason], "index": choice}

    def _chunk(self, choice: int, part: bytes, more: bytes = b"") -> bytes:
        opened = b'{"candidates":[{"content":{"parts":[%b],"role":"model"}%b,"index":%d}]' % (part, more, choice)
        return self._write(opened + self._tail)

    def _write(self, payload: bytes) -> bytes:
        return self._array.element(payload) if self._array else sse.frame(payload)

    def _lose(self, name: str) -> None:
        if name not in self.lost:
            self.lost.append(name)
