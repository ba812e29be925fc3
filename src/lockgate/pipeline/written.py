"""How many tokens a stream had whose upstream did not count: by what was said, and every event that says something is a token at
least. Of a stream that went on as it came the first frames are decoded, and the rest is taken to be like them.
"""

from collections.abc import Sequence
from contextlib import suppress
from math import ceil

from lockgate.core.dialect import Ask, Dialect
from lockgate.core.events import Event, TextDelta, ThinkingDelta, ToolDelta
from lockgate.core.problem import Problem
from lockgate.pipeline.spent import CHARACTERS

LOOKED = 16
"""Frames that are decoded. The first ones have no text, or little of it."""


def written(dialect: Dialect, asked: Ask, first: Sequence[bytes], frames: int, size: int) -> int:
    """An estimate, of `frames` with `size` bytes in all."""
    decoder = dialect.decoder(asked)
    around = text = spoken = 0
    with suppress(Problem, ValueError):
        for frame in first:
            characters = sum(map(said, decoder.feed(frame)))
            text += characters
            if characters:
                spoken += 1
                around += len(frame) - characters
    if not spoken:
        return 0
    return tokens(max(text, size - frames * around // spoken), spoken + frames - len(first))


def tokens(characters: int, events: int) -> int:
    """Of so many events that said so much together."""
    return max(events, ceil(characters / CHARACTERS))


def said(event: Event) -> int:
    """Characters of an answer, for upstreams that do not count."""
    if isinstance(event, TextDelta | ThinkingDelta):
        return len(event.text)
    return len(event.arguments) if isinstance(event, ToolDelta) else 0
