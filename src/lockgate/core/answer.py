"""The canonical answer: what a model said, why it stopped, and what it counted."""

from typing import Literal

from msgspec import Raw, Struct

from lockgate.core.chat import Block

Finish = Literal["stop", "length", "tool_use", "filtered", "error"]


class Usage(Struct, frozen=True, gc=False):
    """Token counts, as running totals.

    Whatever the provider's own convention: `input` includes `cached` (read from a cache) and `written` (put into one);
    `output` includes `reasoning`.
    """

    input: int = 0
    output: int = 0
    cached: int = 0
    written: int = 0
    reasoning: int = 0

    def merged(self, later: "Usage") -> "Usage":
        """Some dialects count in pieces; every piece is a running total, so the larger one is the truth."""
        return Usage(
            max(self.input, later.input),
            max(self.output, later.output),
            max(self.cached, later.cached),
            max(self.written, later.written),
            max(self.reasoning, later.reasoning),
        )


class Choice(Struct, frozen=True):
    """One of the answers. `stop` is the stop sequence that ended it; `logprobs` is OpenAI's form of them, or empty."""

    blocks: tuple[Block, ...]
    finish: Finish = "stop"
    stop: str = ""
    logprobs: Raw = Raw(b"")


class Answer(Struct, frozen=True, kw_only=True):
    """A whole answer. `created` is in seconds since 1970, 0 where the dialect does not say."""

    id: str
    model: str
    choices: tuple[Choice, ...]
    usage: Usage = Usage()
    created: int = 0
    unsaid: tuple[str, ...] = ()
