"""What this dialect says, said again in this dialect, means the same and loses nothing."""

from itertools import pairwise
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lockgate.core.problem import Problem
from lockgate.dialects.anthropic_messages import plugin
from tests.unit.dialects.anthropic_messages.wires import ASK, STREAM, WIRE, decoded, encoded, frames, golden


@pytest.mark.parametrize("path", golden("request.json"), ids=lambda path: path.name)
def test_a_request_survives_the_way_there_and_back(path: Path) -> None:
    ask = msgspec.structs.replace(
        ASK, model=msgspec.json.decode(path.read_bytes())["model"], stream="text." in path.name
    )
    chat = plugin.decode_chat(path.read_bytes(), ask)

    again = plugin.encode_chat(chat)

    assert (chat.unsaid, again.lost) == ((), ())
    assert plugin.decode_chat(again.wire, ask) == chat
    assert msgspec.json.decode(again.wire) == msgspec.json.decode(path.read_bytes())


@pytest.mark.parametrize("path", golden("answer.json"), ids=lambda path: path.name)
def test_an_answer_survives_byte_for_byte_in_meaning(path: Path) -> None:
    answer = plugin.decode_answer(path.read_bytes(), ASK)

    again = plugin.encode_answer(answer, ASK)

    assert (answer.unsaid, again.lost) == ((), ())
    assert msgspec.json.decode(again.wire) == msgspec.json.decode(path.read_bytes())
    assert plugin.unary_usage(path.read_bytes()) == answer.usage


@pytest.mark.parametrize("path", [p for p in golden("stream.txt") if "error" not in p.name], ids=lambda path: path.name)
def test_a_stream_survives(path: Path) -> None:
    events = decoded(path.read_bytes())

    assert decoded(encoded(events)) == events


def test_an_error_stream_is_an_error_after_what_came_before() -> None:
    decoder = plugin.decoder(STREAM)
    *good, bad = frames((WIRE / "error.stream.txt").read_bytes())
    said = [event for frame in good for event in decoder.feed(frame)]

    with pytest.raises(Problem) as caught:
        decoder.feed(bad)

    assert [type(event).__name__ for event in said] == ["Started", "TextDelta"]
    assert (caught.value.kind.name, caught.value.status, caught.value.detail) == ("UPSTREAM_ERROR", 529, "Overloaded")


@given(st.sampled_from(golden("stream.txt")), st.lists(st.integers(0, 4000), max_size=12), st.booleans())
def test_however_it_is_cut_the_events_are_the_same(path: Path, places: list[int], crlf: bool) -> None:
    raw = path.read_bytes()
    if "error" in path.name:
        return
    sent = raw.replace(b"\n", b"\r\n") if crlf else raw
    edges = sorted({0, len(sent), *(place % len(sent) for place in places)})
    framing, decoder = plugin.framing(STREAM), plugin.decoder(STREAM)

    events = [
        event
        for start, end in pairwise(edges)
        for frame in framing.feed(sent[start:end])
        for event in decoder.feed(frame)
    ]
    events += [event for frame in framing.end() for event in decoder.feed(frame)]

    assert [*events, *decoder.end()] == decoded(raw)
