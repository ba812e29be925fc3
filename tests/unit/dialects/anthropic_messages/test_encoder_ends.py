"""How a stream to a client ends: its reason, a refusal, what was lost, a failure."""

import pytest
from msgspec import Raw

from lockgate.core.chat import Media
from lockgate.core.events import Ended, Finished, LogProbs, MediaGiven, RefusalDelta, Started, TextDelta, ToolStarted
from lockgate.core.problem import Kind, Problem
from lockgate.dialects.anthropic_messages import plugin
from tests.unit.dialects.anthropic_messages.streams import BEGIN, END, written
from tests.unit.dialects.anthropic_messages.wires import STREAM


def test_calls_end_with_tool_use_also_where_the_other_side_said_stop() -> None:
    contents, _ = written(BEGIN, ToolStarted(0, "a", "f"), *END)

    assert contents[-2]["delta"]["stop_reason"] == "tool_use"


@pytest.mark.parametrize(
    ("finished", "delta"),
    [
        (Finished("length"), {"stop_reason": "max_tokens", "stop_sequence": None}),
        (Finished("stop", stop="END"), {"stop_reason": "stop_sequence", "stop_sequence": "END"}),
        (Finished("filtered"), {"stop_reason": "refusal", "stop_sequence": None}),
        (Finished("error"), {"stop_reason": "end_turn", "stop_sequence": None}),
    ],
)
def test_finishes(finished: Finished, delta: object) -> None:
    assert written(BEGIN, TextDelta("a"), finished, Ended())[0][-2]["delta"] == delta


def test_a_refusal_is_told_with_the_end() -> None:
    contents, _ = written(BEGIN, RefusalDelta("I can"), RefusalDelta("not."), *END)

    assert contents[1]["delta"] == {
        "stop_reason": "refusal",
        "stop_sequence": None,
        "stop_details": {"type": "refusal", "category": None, "explanation": "I cannot."},
    }


def test_what_cannot_be_said_is_named() -> None:
    _, lost = written(
        BEGIN,
        Started("again", "y"),
        TextDelta("b", choice=1),
        MediaGiven(Media("image", data="x")),
        LogProbs(Raw(b"[]")),
        ToolStarted(0, "a", "f", signature="s"),
        Finished("stop", choice=1),
        Finished("error"),
        Ended(),
    )

    assert lost == ["n above 1", "image in the answer", "logprobs", "thought signatures", "finish reason error"]


def test_an_end_without_a_beginning_is_still_whole() -> None:
    contents, _ = written(Ended())

    assert [content["type"] for content in contents] == ["message_start", "message_delta", "message_stop"]
    assert contents[0]["message"]["id"] == "msg_r1"


def test_after_a_failure_there_is_silence() -> None:
    encoder = plugin.encoder(STREAM)
    encoder.feed(BEGIN)
    encoder.feed(TextDelta("a"))

    said = encoder.fail(Problem(Kind.OVERLOADED, "too busy"))

    assert said == (
        b'event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"too busy"},"request_id":"r1"}\n\n'
    )
    assert [encoder.feed(event) for event in (TextDelta("a"), *END)] == [b"", b"", b""]
