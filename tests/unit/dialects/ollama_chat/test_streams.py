"""Streams read: what comes in any order and shape."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Raw

from lockgate.core.answer import Usage
from lockgate.core.chat import Media
from lockgate.core.dialect import Ask
from lockgate.core.events import (
    Ended,
    Event,
    Finished,
    LogProbs,
    MediaGiven,
    Started,
    TextDelta,
    ThinkingDelta,
    ToolDelta,
    ToolStarted,
)
from lockgate.core.problem import Kind, Problem
from lockgate.dialects.ollama_chat import plugin
from tests.unit.dialects.ollama_chat.drive import ASK, DONE, decoded, line, said


def types(events: list[Event]) -> list[str]:
    return [type(event).__name__ for event in events]


def test_calls_get_ids_and_the_answer_ends_with_tool_use() -> None:
    calls = [{"function": {"name": "f", "arguments": {"a": 1}}}]
    events = decoded([said(tool_calls=calls), said(tool_calls=calls), DONE])

    assert events[1:5] == [
        ToolStarted(0, "call_REQ_0", "f"),
        ToolDelta(0, '{"a":1}'),
        ToolStarted(1, "call_REQ_1", "f"),
        ToolDelta(1, '{"a":1}'),
    ]
    assert events[5:] == [Finished("tool_use"), Ended()]


def test_a_line_may_hold_everything() -> None:
    events = decoded(
        [
            line(
                message={
                    "content": "c",
                    "thinking": "t",
                    "images": ["R0lGOD"],
                    "tool_calls": [{"id": "i", "function": {"name": "f"}}],
                },
                logprobs=[{"token": "c", "logprob": -1}],
                done=True,
                done_reason="length",
                prompt_eval_count=3,
                eval_count=4,
            )
        ]
    )

    assert events == [
        Started("", "m", 1767225600),
        ThinkingDelta("t"),
        TextDelta("c"),
        MediaGiven(Media("image", "image/gif", "R0lGOD")),
        ToolStarted(0, "i", "f"),
        ToolDelta(0, "{}"),
        LogProbs(Raw(b'{"content":[{"token":"c","logprob":-1.0,"bytes":null,"top_logprobs":[]}],"refusal":null}')),
        Finished("length"),
        Ended(Usage(3, 4)),
    ]


def test_the_last_line_may_say_something() -> None:
    events = decoded([said(content="a"), line(message={"content": "b"}, done=True)])

    assert events[1:] == [TextDelta("a"), TextDelta("b"), Finished("stop"), Ended()]


def test_what_is_odd_is_neither_an_event_nor_the_end() -> None:
    odd = [
        b"\xef\xbb\xbf" + said(content="a"),
        b"\n",
        b" \r\n",
        b"{}\n",
        b'{"status":"pulling"}\n',
        said(),
        said(content="b"),
    ]

    events = decoded([*odd, DONE, DONE, said(content="late"), b"nonsense\n"])

    assert types(events) == ["Started", "TextDelta", "TextDelta", "Finished", "Ended"]


def test_pictures_and_logprobs_ride_on_later_lines_too() -> None:
    events = decoded(
        [
            said(content="a"),
            said(content="b", images=["/9j/"]),
            line(message={"content": "c"}, logprobs=[{"token": "c", "logprob": 0}]),
            DONE,
        ]
    )

    assert types(events)[1:6] == ["TextDelta", "TextDelta", "MediaGiven", "TextDelta", "LogProbs"]


def test_the_last_line_may_lack_its_end() -> None:
    assert types(decoded([said(content="a"), DONE.rstrip()])) == ["Started", "TextDelta", "Finished", "Ended"]


@pytest.mark.parametrize(
    "bad",
    [
        b"data: {}\n",
        b"[]\n",
        b'{"message":1}\n',
        b'{"done":"yes"}\n',
        b"\xff\n",
        b"[" * 5000 + b"\n",
        b'{"message":{"tool_calls":[{"function":{"arguments":{"x":1e999}}}]}}\n',
        b"\xef\xbb\xbf" * 3000 + b"\n",
    ],
)
def test_nonsense_is_a_bad_upstream(bad: bytes) -> None:
    with pytest.raises(Problem) as caught:
        decoded([said(content="a"), bad])

    assert (caught.value.kind, caught.value.source) == (Kind.BAD_UPSTREAM, "upstream")


@given(
    st.lists(
        st.binary(max_size=30) | st.sampled_from([said(content="a"), DONE, b"\n", b'{"error":', b"{}"]), max_size=8
    )
)
def test_only_problems_come_out_of_garbage(pieces: list[bytes]) -> None:
    watch = plugin.watch()
    for piece in pieces:
        watch.feed(piece)
    try:
        events = decoded(pieces)
    except Problem as problem:
        assert problem.source == "upstream"
        return

    assert types(events)[-1] == "Ended"


def test_media_types() -> None:
    assert plugin.media_type(ASK) == b"application/x-ndjson"
    assert plugin.media_type(Ask("m")) == b"application/json"
