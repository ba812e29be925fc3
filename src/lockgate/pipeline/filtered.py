"""Answers with status 200 in which a provider's own filter let nothing through: another model may not have that filter.

Looked at only where the route falls back for it. A stream is held until its first content, and no longer than `MOST` bytes.
"""

from collections.abc import Sequence

from lockgate.core.answer import Answer
from lockgate.core.dialect import Ask, Dialect
from lockgate.core.events import Ended, Event, Finished, Started, TextDelta
from lockgate.core.http import Incoming
from lockgate.core.problem import Kind, Problem

MOST = 64 * 1024


def nothing_left(body: bytes, dialect: Dialect, ask: Ask, answer: Answer | None) -> bool:
    """Of a whole answer: every choice of it ended in the filter. `answer` is what it says, where that is known."""
    try:
        answer = answer or dialect.decode_answer(body, ask)
    except Problem:  # no answer, which `relay` says
        return False
    return bool(answer.choices) and all(choice.finish == "filtered" for choice in answer.choices)


async def begun(peeked: Sequence[bytes], body: Incoming, dialect: Dialect, ask: Ask) -> tuple[tuple[bytes, ...], bool]:
    """Of a stream: its first chunks, up to content, and whether it ended in the filter before there was any."""
    framing, decoder = dialect.framing(ask), dialect.decoder(ask)
    chunks = list(peeked)
    size = sum(map(len, chunks))
    try:
        for chunk in peeked:
            for frame in framing.feed(chunk):
                if (filtered := _told(decoder.feed(frame))) is not None:
                    return tuple(chunks), filtered
        while size <= MOST:
            chunk = await anext(body, b"")
            if not chunk:
                last = [event for frame in framing.end() for event in decoder.feed(frame)]
                return tuple(chunks), _told([*last, *decoder.end()]) is True
            chunks.append(chunk)
            size += len(chunk)
            for frame in framing.feed(chunk):
                if (filtered := _told(decoder.feed(frame))) is not None:
                    return tuple(chunks), filtered
    except Problem as problem:
        if problem.kind is not Kind.BAD_UPSTREAM:  # else it is for `relay` to say
            raise
    return tuple(chunks), False


def _told(events: Sequence[Event]) -> bool | None:
    """Whether it was filtered, as far as that is known: None before the first content and the first end."""
    for event in events:
        if isinstance(event, Finished):
            return event.finish == "filtered"
        if not isinstance(event, Started | Ended) and event != TextDelta("", getattr(event, "choice", 0)):
            return False
    return None
