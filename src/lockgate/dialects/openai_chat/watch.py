"""A look at frames that pass verbatim: counts, the end, an error. Substrings first, JSON only where they hit."""

from lockgate.codec import sse
from lockgate.core.answer import Usage
from lockgate.core.problem import Kind, Problem
from lockgate.dialects.openai_chat import answer, usage, wire
from lockgate.dialects.openai_chat.decoder import DONE

_USAGE, _NO_USAGE = b'"usage":', b'"usage":null'
_FINISH, _NO_FINISH = b'"finish_reason":', b'"finish_reason":null'
_ERROR = b'"error"'
_SHORTEST = 40
"""No chunk with content is shorter; [DONE] is."""


class Watch:
    """A choice seen to finish is an end as good as [DONE], until another one goes on. Never raises."""

    __slots__ = ("ended", "failed", "over", "usage")

    def __init__(self) -> None:
        self.usage: Usage | None = None
        self.ended = self.over = False
        self.failed: Problem | None = None

    def feed(self, frame: bytes) -> None:
        # Nearly all frames have no counts, no finish and no error. An unescaped quote ends a string: text of the model
        # never looks like a key. As many keys as nulls behind them: nothing to see.
        if (
            not self.ended
            and len(frame) >= _SHORTEST
            and frame.count(_FINISH) == frame.count(_NO_FINISH)
            and frame.count(_USAGE) == frame.count(_NO_USAGE)
            and _ERROR not in frame
        ):
            return
        self._look(sse.data(frame))

    def _look(self, payload: bytes) -> None:
        if payload.startswith(DONE):
            self.ended = self.over = True
            return
        try:
            chunk = answer.replied(payload)
        except Problem as problem:
            if problem.kind is Kind.UPSTREAM_ERROR:
                self.failed = problem
            return
        if chunk.usage:
            counted = usage.decode(chunk.usage, chunk.service_tier)
            self.usage = self.usage.merged(counted) if self.usage else counted
        for choice in chunk.choices or ():
            if choice.finish_reason:
                self.ended = True
            elif _goes_on(choice.delta):
                self.ended = False


def _goes_on(said: wire.Said | None) -> bool:
    return said is not None and bool(said.content or said.reasoning_content or said.reasoning or said.tool_calls)
