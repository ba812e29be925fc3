"""Streamed answers as clients get them: every event in its order, each text in its three places."""

from typing import Any

import msgspec
import pytest
from msgspec import Raw

from lockgate.core.answer import Usage
from lockgate.core.called import Called
from lockgate.core.chat import Media
from lockgate.core.events import (
    BlockGiven,
    Ended,
    Event,
    Finished,
    LogProbs,
    MediaGiven,
    RefusalDelta,
    RunStarted,
    Started,
    TextDelta,
    ThinkingDelta,
    ThinkingSigned,
    ToolDelta,
    ToolStarted,
)
from lockgate.core.problem import Kind, Problem
from lockgate.dialects.openai_responses import plugin
from tests.unit.dialects.openai_responses.drive import ASK, decoded, documents, encoded

START = Started("resp_1", "m", 5)
END = (Finished("stop"), Ended(Usage(5, 4, reasoning=1)))


def told(*events: Event, ask: Any = ASK) -> list[Any]:
    found = documents(encoded([START, *events], ask))
    assert [each["sequence_number"] for each in found] == list(range(len(found)))
    return found


def test_a_text_from_its_beginning_to_its_end() -> None:
    found = told(TextDelta("Hel"), TextDelta("lo"), *END)

    assert [each["type"].removeprefix("response.") for each in found] == [
        "created",
        "in_progress",
        "output_item.added",
        "content_part.added",
        "output_text.delta",
        "output_text.delta",
        "output_text.done",
        "content_part.done",
        "output_item.done",
        "completed",
    ]
    assert [each["delta"] for each in found[4:6]] == ["Hel", "lo"]
    assert found[6]["text"] == found[7]["part"]["text"] == found[8]["item"]["content"][0]["text"] == "Hello"
    assert found[9]["response"]["output"] == [found[8]["item"]]
    places = {(each["item_id"], each["output_index"], each["content_index"]) for each in found[3:8]}
    assert places == {("msg_REQ_0", 0, 0)}
    assert found[0]["response"]["status"] == "in_progress"
    assert found[9]["response"]["usage"]["total_tokens"] == 9


def test_thoughts_text_refusal_and_calls_are_items_one_after_the_other() -> None:
    events = [
        ThinkingDelta("Hm"),
        ThinkingDelta("."),
        ThinkingSigned("c2ln"),
        ThinkingSigned(redacted="QUJD"),
        TextDelta("a"),
        RefusalDelta("No"),
        RefusalDelta("."),
        TextDelta("b"),
        ToolStarted(0, "c1", "f", signature="c2ln"),
        ToolDelta(0, '{"a":'),
        ToolStarted(1, "c2", "g"),
        ToolDelta(1, "{}"),
        ToolDelta(0, "1}"),
        Finished("tool_use"),
        Ended(),
    ]

    found = told(*events)

    output = found[-1]["response"]["output"]
    assert [item["type"] for item in output] == ["reasoning", "reasoning", "message", "reasoning", "function_call", "function_call"]  # fmt: skip
    assert [item.get("encrypted_content") for item in output[:4]] == ["c2ln", "redacted:QUJD", None, "call:c2ln"]
    assert [part.get("text", part.get("refusal")) for part in output[2]["content"]] == ["a", "No.", "b"]
    assert [item["arguments"] for item in output[4:]] == ['{"a":1}', "{}"]
    done = [each["item"] for each in found if each["type"] == "response.output_item.done"]
    assert sorted(item["id"] for item in done) == sorted(item["id"] for item in output)
    assert decoded([encoded([START, *events])])[1:] == events


def test_an_empty_answer_is_an_answer() -> None:
    assert [each["type"] for each in told(*END)][-1] == "response.completed"
    assert told(TextDelta(""), ThinkingDelta(""), *END)[-1]["response"]["output"] == []


@pytest.mark.parametrize(
    ("finish", "name", "reason"),
    [
        ("length", "response.incomplete", "max_output_tokens"),
        ("filtered", "response.incomplete", "content_filter"),
        ("error", "response.failed", None),
    ],
)
def test_an_answer_that_is_not_whole(finish: Any, name: str, reason: str | None) -> None:
    last = told(TextDelta("a"), Finished(finish), Ended())[-1]

    assert last["type"] == name
    assert (last["response"]["incomplete_details"] or {}).get("reason") == reason
    assert last["response"]["output"][0]["status"] == "incomplete"


def test_a_custom_tool_is_called_with_its_text() -> None:
    ask = msgspec.structs.replace(ASK, called={"patch": Called("patch", free=True)})

    found = told(ToolStarted(0, "c1", "patch"), ToolDelta(0, '{"input":"***'), ToolDelta(0, ' Begin"}'), *END, ask=ask)

    names = [each["type"].removeprefix("response.") for each in found[2:-1]]
    assert names == ["output_item.added", "custom_tool_call_input.delta", "custom_tool_call_input.done", "output_item.done"]  # fmt: skip
    assert found[3]["delta"] == found[4]["input"] == found[5]["item"]["input"] == "*** Begin"


def test_what_is_beside_texts() -> None:
    logprobs = {"content": [{"token": "a", "logprob": -1, "bytes": None, "top_logprobs": []}]}
    block = Raw(b'{"type":"web_search_call","id":"ws_1","status":"completed","action":{"type":"search","query":"q"}}')
    found = told(
        TextDelta("a"),
        LogProbs(Raw(msgspec.json.encode(logprobs))),
        RunStarted(0, "web_search", "web_search_call", "openai_responses", block),
        BlockGiven("web_search_call", "openai_responses", block, result=False),
        MediaGiven(Media("image", mime="image/png", data="QUJD")),
        *END,
    )

    output = found[-1]["response"]["output"]
    assert output[0]["content"][0]["logprobs"] == logprobs["content"]
    assert output[1] == msgspec.json.decode(block)
    assert (output[2]["type"], output[2]["result"]) == ("image_generation_call", "QUJD")


def test_what_has_no_place_is_named() -> None:
    encoder = plugin.encoder(ASK)
    events = [
        TextDelta("x", 1),
        MediaGiven(Media("audio", data="QUJD")),
        BlockGiven("web_search_tool_result", "anthropic_messages", Raw(b"{}"), result=True),
        ToolDelta(7, "{}"),
        Finished("stop", stop="END"),
    ]

    for event in events:
        encoder.feed(event)

    assert encoder.lost == ["answers beside the first", "audio in answers", "web_search_tool_result", "arguments of a call that did not begin", "stop sequence"]  # fmt: skip


def test_texts_that_go_on_beside_each_other_are_parts_of_their_own() -> None:
    output = told(TextDelta("a"), TextDelta("b", block=1), TextDelta("c", block=1), *END)[-1]["response"]["output"]

    assert [part["text"] for part in output[0]["content"]] == ["a", "bc"]


@pytest.mark.parametrize("begun", [True, False])
def test_an_error_is_told_twice_and_nothing_comes_behind_it(*, begun: bool) -> None:
    encoder = plugin.encoder(ASK)
    out = encoder.feed(START) + encoder.feed(TextDelta("a")) if begun else b""

    out += encoder.fail(Problem(Kind.BAD_UPSTREAM, "it broke", source="upstream"))

    error, failed = documents(out)[-2:]
    assert (error["type"], error["error"]["message"], error["message"]) == ("error", "it broke", "it broke")
    assert (error["code"], error["error"]["type"]) == ("bad_upstream", "server_error")
    assert (failed["type"], failed["response"]["status"]) == ("response.failed", "failed")
    assert failed["response"]["error"] == {"code": "server_error", "message": "it broke"}
    assert failed["response"]["output"] == []
    assert encoder.feed(TextDelta("b")) + encoder.feed(Ended()) == b""


@pytest.mark.parametrize("piece", ["a", "a" * 100_000], ids=len)
@pytest.mark.parametrize("event", [TextDelta, ThinkingDelta, RefusalDelta, ToolDelta, LogProbs, MediaGiven])
def test_K7_no_more_is_held_to_be_said_again_than_of_a_whole_answer(event: Any, piece: str) -> None:
    encoder = plugin.encoder(ASK)
    for each in (START, ToolStarted(0, "c1", "f"), TextDelta("a")):
        encoder.feed(each)
    more: dict[Any, Event] = {
        ToolDelta: ToolDelta(0, piece),
        MediaGiven: MediaGiven(Media("image", mime="image/png", data=piece)),
        LogProbs: LogProbs(Raw(msgspec.json.encode({"content": [{"token": piece}]}))),
    }
    one = more.get(event) or event(piece)
    encoder.room.left = 10 * (len(piece) + 300)

    with pytest.raises(Problem) as broke:  # noqa: PT012  one of them is too much
        for _ in range(100):
            encoder.feed(one)

    assert (broke.value.kind, broke.value.source) == (Kind.BAD_UPSTREAM, "upstream")
    assert documents(encoder.fail(broke.value))[-1]["type"] == "response.failed"
    assert 32 << 20 <= plugin.encoder(ASK).room.left <= 64 << 20


@pytest.mark.parametrize(
    ("kind", "code"),
    [(Kind.LIMITED, "rate_limit_exceeded"), (Kind.QUOTA, "insufficient_quota"), (Kind.INVALID, "invalid_prompt")],
)
def test_why_a_response_failed_is_a_word_that_clients_know(kind: Kind, code: str) -> None:
    failed = documents(plugin.encoder(ASK).fail(Problem(kind, "no")))[-1]

    assert failed["response"]["error"]["code"] == code
