"""What is held of a stream for a verdict on all of it has bounds."""

from lockgate.core.events import TextDelta
from lockgate.pipeline.hold import Release
from lockgate.pipeline.ledger import Ledger
from lockgate.pipeline.verdicts import TAIL
from lockgate.pipeline.windows import MOST_CHARACTERS, MOST_FRAMES, Windows


def test_a_stream_without_an_end_is_not_held_without_an_end() -> None:
    frames, words = Windows(0, Ledger("", 0, 0)), Windows(0, Ledger("", 0, 0))

    for _ in range(MOST_FRAMES - 1):
        frames.take(Release(None, (TextDelta("x"),)))
    words.take(Release(None, (TextDelta("x" * MOST_CHARACTERS),)))
    assert not frames.due
    assert not words.due

    frames.take(Release(None, (TextDelta("x"),)))
    words.take(Release(None, (TextDelta("x" * TAIL),)))
    assert frames.due
    assert words.due
