"""S50: whatever an upstream writes, a client sees as many events as there are: none is born of a text, none is glued to another.

The reader here follows the algorithm of the WHATWG HTML standard, section 9.2.6, and shares nothing with ours.
"""

import json
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lockgate.core.events import Ended, Event, Finished, Started, TextDelta, ThinkingDelta, ToolDelta, ToolStarted
from lockgate.core.problem import Kind, Problem
from tests.wire.carry import ASK, DIALECTS, events, sides, verbatim

EVENT_STREAMS = [name for name, one in DIALECTS.items() if one.media_type(ASK) == b"text/event-stream"]
NASTY = [
    "\n\ndata: {}\n\n",
    "\r\revent: error\r\r",
    "\r\n\r\n",
    "data: [DONE]",
    "\n\n",
    "\0",
    "\ufeff",
    "\u2028",
    ":",
    "x",
]
BROKEN = Problem(Kind.BAD_UPSTREAM, "broken\n\ndata: no", source="upstream")
PLAIN = Problem(BROKEN.kind, "broken")


def seen(stream: bytes) -> list[tuple[str, str]]:
    """Name and data of each event that a browser would dispatch."""
    text = stream.decode("utf-8", "replace").removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    found: list[tuple[str, str]] = []
    name, data = "", list[str]()
    for line in text.split("\n")[:-1]:
        field, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if line == "":
            if data:
                found.append((name, "\n".join(data)))
            name, data = "", []
        elif field == "data":
            data.append(value)
        elif field == "event":
            name = value
    return found


def answer(texts: Sequence[str]) -> list[Event]:
    said = [event for text in texts for event in (ThinkingDelta(text), TextDelta(text), ToolDelta(0, json.dumps(text)))]
    thoughts = [event for event in said if isinstance(event, ThinkingDelta)]
    spoken = [event for event in said if isinstance(event, TextDelta)]
    arguments = [event for event in said if isinstance(event, ToolDelta)]
    return [
        Started("\n\ndata: id", "m\r\rdata: x"),
        *thoughts,
        *spoken,
        ToolStarted(0, "call\n\n", "tool\ndata: x"),
        *arguments,
        Finished("stop"),
        Ended(),
    ]


@pytest.mark.parametrize("name", EVENT_STREAMS)
@given(st.lists(st.sampled_from(NASTY), max_size=6))
def test_S50_a_text_makes_no_event(name: str, texts: list[str]) -> None:
    clean, nasty = (
        b"".join(map(DIALECTS[name].encoder(ASK).feed, answer(said))) for said in (["x"] * len(texts), texts)
    )

    assert len(seen(nasty)) == len(seen(clean))
    assert {event for event, _ in seen(nasty)} == {event for event, _ in seen(clean)}
    spoken = [event.text for event in events(name, [nasty])[0] if isinstance(event, TextDelta)]
    assert "".join(spoken) == "".join(texts)


@pytest.mark.parametrize("name", EVENT_STREAMS)
@given(
    st.lists(
        st.sampled_from([*(text.encode() for text in NASTY), b"data: {}\n\n", b"event: a\n", b"\xff"]), max_size=12
    )
)
def test_S50_an_error_of_ours_is_an_event_of_its_own(name: str, chunks: list[bytes]) -> None:
    lane, _ = verbatim(sides(name, name))
    out = b"".join(map(lane.feed, chunks))

    assert seen(out + lane.fail(BROKEN)) == seen(out) + seen(lane.fail(BROKEN))
    clean, _ = verbatim(sides(name, name))
    assert len(seen(lane.fail(BROKEN))) == len(seen(clean.fail(PLAIN))) > 0, "as many as a dialect says it in"


@pytest.mark.parametrize("name", EVENT_STREAMS)
@given(
    st.lists(st.sampled_from([b"data: {}", b"\n", b"\r", b"\r\n", b"event: a", b": c", b"\n\n", b"\0"]), max_size=14)
)
def test_S50_the_events_that_leave_are_those_that_came(name: str, chunks: list[bytes]) -> None:
    lane, _ = verbatim(sides(name, name))
    whole = b"".join(chunks) + b"\n\n"

    out = b"".join(map(lane.feed, [*chunks, b"\n\n"]))

    assert seen(out) == seen(whole)
