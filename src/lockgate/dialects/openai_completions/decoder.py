"""Streamed answers: frames to events."""

from collections.abc import Sequence

from lockgate.codec import sse
from lockgate.core.answer import Usage
from lockgate.core.dialect import Ask
from lockgate.core.events import Ended, Event, Finished, Started, TextDelta
from lockgate.core.problem import Kind, Problem
from lockgate.dialects.openai_chat import usage
from lockgate.dialects.openai_completions import wire
from lockgate.dialects.openai_completions.answer import FINISH

DONE = b"[DONE]"


class Decoder:
    """Finishes are told at the end: text of another choice, or the counts, may come behind one."""

    __slots__ = ("_ask", "_finishes", "_over", "_started", "_usage")

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self._finishes: dict[int, str] = {}
        self._usage = Usage()
        self._started = self._over = False

    def feed(self, frame: bytes) -> Sequence[Event]:
        payload = b"" if self._over else sse.data(frame)
        if not payload or payload.isspace():
            return ()
        if payload.startswith(DONE):
            return self._close()
        chunk = wire.read(payload)
        if chunk.usage:
            self._usage = self._usage.merged(usage.decode(chunk.usage))
        if not chunk.choices:
            return ()
        events: list[Event] = []
        if not self._started:
            self._started = True
            id_ = chunk.id or f"cmpl-{self._ask.request_id}"
            events.append(Started(id_, chunk.model or self._ask.model, wire.number(chunk.created)))
        for choice in chunk.choices:
            index = choice.index or 0
            if choice.text:
                events.append(TextDelta(choice.text, index))
            self._finishes[index] = self._finishes.get(index) or choice.finish_reason or ""
        return events

    def end(self) -> Sequence[Event]:
        """What closes without [DONE] is complete when every choice has finished."""
        if self._over:
            return ()
        if self._finishes and all(self._finishes.values()):
            return self._close()
        raise Problem(Kind.BAD_UPSTREAM, "the upstream closed before the answer was complete", source="upstream")

    def _close(self) -> Sequence[Event]:
        if not self._started:
            raise Problem(Kind.BAD_UPSTREAM, "the upstream ended the stream without an answer", source="upstream")
        self._over = True
        ends = [Finished(FINISH.get(reason, "stop"), index) for index, reason in sorted(self._finishes.items())]
        return [*ends, Ended(self._usage)]
