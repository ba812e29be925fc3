"""Streamed answers: lines to events."""

from collections.abc import Iterator, Sequence

from msgspec import Raw

from lockgate.core.dialect import Ask
from lockgate.core.events import Ended, Event, Finished, LogProbs, Started, TextDelta, ThinkingDelta
from lockgate.core.problem import Kind, Problem
from lockgate.dialects.ollama_chat import dates, logprobs
from lockgate.dialects.ollama_chat.answer import counted, finish
from lockgate.dialects.ollama_generate import wire


class Decoder:
    """The line that is `done` ends the answer; what follows it is nothing of ours."""

    __slots__ = ("_ask", "_ended", "_started")

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self._started = self._ended = False

    def feed(self, frame: bytes) -> Sequence[Event]:
        if self._ended or frame.isspace():
            return ()
        line = wire.read(frame)
        if line.response is None and not line.thinking and not line.done:
            return ()
        return list(self._events(line))

    def end(self) -> Sequence[Event]:
        if not self._ended:
            raise Problem(Kind.BAD_UPSTREAM, "the upstream closed before the answer was complete", source="upstream")
        return ()

    def _events(self, line: wire.Reply) -> Iterator[Event]:
        if not self._started:
            self._started = True
            yield Started("", line.model or self._ask.model, dates.seconds(line.created_at))
        if line.thinking:
            yield ThinkingDelta(line.thinking)
        if line.response:
            yield TextDelta(line.response)
        if tokens := logprobs.decode(line.logprobs):
            yield LogProbs(Raw(tokens))
        if line.done:
            self._ended = True
            yield Finished(finish(line.done_reason, called=False))
            yield Ended(counted(line))
