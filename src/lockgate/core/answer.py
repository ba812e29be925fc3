"""The canonical answer: what a model said, why it stopped, and what it counted."""

from collections.abc import Callable
from operator import attrgetter
from typing import Literal

from msgspec import Raw, Struct

from lockgate.core.chat import Block

Finish = Literal["stop", "length", "tool_use", "filtered", "error"]


class Usage(Struct, frozen=True, gc=False, omit_defaults=True):
    """Token counts, as running totals.

    Whatever the provider's own convention: `input` includes `cached` (read from a cache), `written` (put into one) and
    what `input_audio`, `input_image` and `input_video` count; `written` includes `written_hour` (kept for an hour);
    `cached` includes `cached_audio` and `cached_image`; `output` includes `reasoning` and its sound and pictures.
    `searches` are searches of the web, or of maps, that the provider did; `tier` is the provider's word for the service tier that
    it says it used, empty for the standard one. Where it is written, what is zero is left out.
    """

    input: int = 0
    output: int = 0
    cached: int = 0
    written: int = 0
    reasoning: int = 0
    written_hour: int = 0
    input_audio: int = 0
    output_audio: int = 0
    cached_audio: int = 0
    input_image: int = 0
    output_image: int = 0
    cached_image: int = 0
    input_video: int = 0
    output_video: int = 0
    searches: int = 0
    tier: str = ""

    def merged(self, later: "Usage") -> "Usage":
        """Some dialects count in pieces; every piece is a running total, so the larger one is the truth."""
        totals = map(max, _counts(self), _counts(later))
        return Usage(*totals, later.tier or self.tier)  # type: ignore[call-arg, arg-type]  # the tier is the last field


_counts: Callable[[Usage], tuple[int, ...]] = attrgetter(*Usage.__struct_fields__[:-1])


MOST_COUNTED = 1 << 40
"""No upstream has counted so many of anything in one answer."""


def count(said: float | None) -> int:
    """What an upstream counted. What is no sane count is none: it is written down, multiplied and summed."""
    return int(said) if said is not None and 0 <= said < MOST_COUNTED else 0


class Choice(Struct, frozen=True):
    """One of the answers. `stop` is the stop sequence that ended it; `logprobs` is OpenAI's form of them, or empty."""

    blocks: tuple[Block, ...]
    finish: Finish = "stop"
    stop: str = ""
    logprobs: Raw = Raw(b"")


class Answer(Struct, frozen=True, kw_only=True):
    """A whole answer. `created` is in seconds since 1970, 0 where the dialect does not say. `runs` are the tools that the
    provider ran by itself, as policies know them.
    """

    id: str
    model: str
    choices: tuple[Choice, ...]
    usage: Usage = Usage()
    created: int = 0
    unsaid: tuple[str, ...] = ()
    runs: tuple[str, ...] = ()
