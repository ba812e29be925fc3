"""Every dialect's stream decoder, and every encoder behind it: whatever the upstream sends, only a Problem comes out."""

from collections import Counter
from collections.abc import Sequence

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lockgate.core.dialect import Ask
from lockgate.core.events import Ended, Event, Finished, Started
from lockgate.core.problem import Kind, Problem
from tests.fuzz import hostile
from tests.fuzz.dialects import ASKS, DIALECTS, corpus, least
from tests.fuzz.effort import tried

STREAMS = {name: corpus(name, ".stream.txt") for name in DIALECTS}
FOREIGN = [raw for streams in STREAMS.values() for raw in streams]


@pytest.mark.parametrize("name", DIALECTS)
def test_there_is_something_to_start_from(name: str) -> None:
    assert STREAMS[name], f"tests/wire/{name} has no stream"


@pytest.mark.parametrize("name", DIALECTS)
@tried(300)
@given(data=st.data(), places=hostile.cuts, ask=st.sampled_from(ASKS))
def test_any_bytes_are_events_or_a_problem(name: str, data: st.DataObject, places: list[int], ask: Ask) -> None:
    raw = data.draw(hostile.mutated(STREAMS[name]) | hostile.mutated(FOREIGN))

    events, whole = decoded(name, hostile.pieces(raw, places), ask)

    assert weight(events) <= 20 * len(raw) + 2000
    assert sum(isinstance(event, Started) for event in events) <= 1
    assert not events or isinstance(events[0], Started)
    finished = Counter(event.choice for event in events if isinstance(event, Finished))
    assert all(count == 1 for count in finished.values())
    if whole:
        assert [event for event in events if isinstance(event, Ended)] == [events[-1]]
        assert isinstance(events[-1], Ended)
        assert least(events[-1].usage) >= 0
    other = DIALECTS[data.draw(st.sampled_from(sorted(DIALECTS)))].encoder(ask)
    written = b"".join(other.feed(event) for event in events)
    failed = other.fail(Problem(Kind.BAD_UPSTREAM, "the upstream sent nonsense", source="upstream"))
    assert len(written) + len(failed) <= 40 * len(raw) + 4000 + 600 * len(events)


@pytest.mark.parametrize("name", DIALECTS)
@tried(100)
@given(data=st.data(), places=hostile.cuts, ask=st.sampled_from(ASKS))
def test_a_watch_never_raises(name: str, data: st.DataObject, places: list[int], ask: Ask) -> None:
    raw = data.draw(hostile.mutated(STREAMS[name]) | hostile.mutated(FOREIGN))
    watch, framing = DIALECTS[name].watch(), DIALECTS[name].framing(ask)

    for piece in hostile.pieces(raw, places):
        for frame in framing.feed(piece):
            watch.feed(frame)

    assert watch.usage is None or least(watch.usage) >= 0


def decoded(name: str, pieces: Sequence[bytes], ask: Ask) -> tuple[list[Event], bool]:
    """What came out, and whether it was a whole answer. Frames may be too long; anything else is a Problem."""
    framing, decoder = DIALECTS[name].framing(ask), DIALECTS[name].decoder(ask)
    events: list[Event] = []
    try:
        for piece in pieces:
            for frame in framing.feed(piece):
                events += decoder.feed(frame)
        for frame in framing.end():
            events += decoder.feed(frame)
        events += decoder.end()
    except Problem as problem:
        if problem.source != "upstream":
            raise
        return events, False
    return events, True


def weight(events: Sequence[Event]) -> int:
    return sum(len(msgspec.json.encode(event)) for event in events)
