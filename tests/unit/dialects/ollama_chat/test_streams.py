"""Streams: what comes in any order and shape, and lines that the official client reads."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import ollama
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
    RefusalDelta,
    Started,
    TextDelta,
    ThinkingDelta,
    ThinkingSigned,
    ToolDelta,
    ToolStarted,
)
from lockgate.core.problem import Kind, Problem
from lockgate.dialects.ollama_chat import plugin
from tests.unit.dialects.ollama_chat.drive import ASK, DONE, decoded, encoded, golden, line, said


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


STORY: list[Event] = [
    Started("x", "m", 1),
    ThinkingDelta("hm"),
    ThinkingSigned("sig"),
    TextDelta("a"),
    ToolStarted(0, "i0", "f"),
    ToolStarted(1, "", "g"),
    ToolDelta(1, ""),
    ToolDelta(0, '{"a":'),
    TextDelta("b"),
    ToolDelta(0, "1}"),
    ToolDelta(7, "nobody's"),
    RefusalDelta("no"),
    LogProbs(Raw(b'{"content":[{"token":"b","logprob":-1.0}]}')),
    Finished("tool_use"),
    Ended(Usage(3, 4)),
]


def test_interleaved_calls_come_whole() -> None:
    wire, lost = encoded(STORY)

    lines = [json.loads(line_) for line_ in wire.splitlines()]
    assert [line_["message"] for line_ in lines] == [
        {"role": "assistant", "content": "", "thinking": "hm"},
        {"role": "assistant", "content": "a"},
        {"role": "assistant", "content": "b"},
        {"role": "assistant", "content": "no"},
        {"role": "assistant", "content": ""},
        {
            "role": "assistant",
            "content": "",
            "tool_calls": [
                {"id": "i0", "function": {"index": 0, "name": "f", "arguments": {"a": 1}}},
                {"id": "call_REQ_1", "function": {"index": 1, "name": "g", "arguments": {}}},
            ],
        },
        {"role": "assistant", "content": ""},
    ]
    assert [line_["done"] for line_ in lines] == [False] * 6 + [True]
    assert lines[-1] == {
        "model": "m",
        "created_at": "1970-01-01T00:00:01Z",
        "message": {"role": "assistant", "content": ""},
        "done": True,
        "done_reason": "stop",
        "prompt_eval_count": 3,
        "eval_count": 4,
    }
    assert lost == ["thinking signatures", "refusal mark"]


def test_what_cannot_be_said_is_named_once() -> None:
    events: list[Event] = [
        Started("", ""),
        TextDelta("other", choice=1),
        TextDelta("other", choice=2),
        ThinkingSigned(redacted="r"),
        MediaGiven(Media("image", data="AAAA")),
        LogProbs(Raw(b"7")),
        LogProbs(Raw(b"null")),
        ToolStarted(0, "i", "f"),
        ToolDelta(0, "[1]"),
        Finished("length", stop="END"),
        Finished("stop", choice=1),
        Ended(Usage(1, 1, cached=1, reasoning=1)),
    ]

    wire, lost = encoded(events)

    assert [json.loads(line_)["done"] for line_ in wire.splitlines()] == [False, True]
    assert json.loads(wire.splitlines()[-1])["done_reason"] == "length"
    assert json.loads(wire.splitlines()[-1])["model"] == "asked"
    assert lost == [
        *("n above 1", "redacted thinking", "image in answers", "logprobs"),
        *("tool arguments that are not a JSON object", "cached tokens", "reasoning tokens", "stop sequence"),
    ]


@pytest.mark.parametrize("finish", ["stop", "length", "filtered", "error"])
def test_reasons_come_back(finish: Any) -> None:
    wire, _ = encoded([Started("", "m"), Finished(finish), Ended()])

    assert decoded([wire])[-2:] == [Finished(finish), Ended()]


@given(st.lists(st.text(max_size=20), max_size=5))
def test_a_text_never_breaks_its_line(texts: list[str]) -> None:
    texts = [*texts, "\u2028\u2029\x85\x0b\x0c\x1c\r\n"]
    wire, _ = encoded(
        [Started("", "m\u2028"), *map(TextDelta, texts), *map(ThinkingDelta, texts), Finished("stop"), Ended()]
    )

    lines = wire.decode().splitlines()
    assert len(lines) == 2 * len(texts) + 1
    assert [json.loads(line_)["message"]["content"] for line_ in lines[: len(texts)]] == texts


def client(body: bytes, status: int = 200) -> ollama.Client:
    """The official client on a scripted transport, in pieces of seven bytes."""

    def pieces() -> Iterator[bytes]:
        yield from (body[i : i + 7] for i in range(0, len(body), 7))

    return ollama.Client(
        "http://gateway", transport=httpx.MockTransport(lambda request: httpx.Response(status, content=pieces()))
    )


def test_the_official_client_reads_a_stream() -> None:
    texts = ["a\u2028b", "\x85", "c"]
    wire, _ = encoded([Started("", "m"), *map(TextDelta, texts), *STORY[4:6], *STORY[13:]])

    parts = list(client(wire).chat("m", [], stream=True))

    assert [part.message.content for part in parts[:3]] == texts
    assert parts[3].message.tool_calls[1].function.name == "g"  # type: ignore[index]
    assert parts[3].message.tool_calls[0].function.arguments == {}  # type: ignore[index]
    assert (parts[-1].done, parts[-1].eval_count) == (True, 4)


def test_the_official_client_raises_at_an_error_in_a_stream() -> None:
    encoder = plugin.encoder(ASK)
    wire = encoder.feed(STORY[0]) + encoder.feed(STORY[3]) + encoder.feed(STORY[4])
    wire += encoder.fail(Problem(Kind.UPSTREAM_TIMEOUT, "the upstream fell\u2028silent", source="upstream"))

    parts = client(wire).chat("m", [], stream=True)

    assert next(parts).message.content == "a"
    with pytest.raises(ollama.ResponseError) as caught:
        next(parts)
    assert caught.value.error == "the upstream fell\u2028silent"
    assert b'"done":true' not in wire


def test_the_official_client_raises_at_an_error_body() -> None:
    body = plugin.problem(Problem(Kind.NO_MODEL, "there is no such model", where="model"), "REQ")

    for stream in (False, True):
        with pytest.raises(ollama.ResponseError) as caught:
            list(client(body, 404).chat("m", [], stream=stream))

        assert (caught.value.status_code, caught.value.error) == (404, "there is no such model")


def test_the_official_client_reads_a_whole_answer() -> None:
    wire = plugin.encode_answer(plugin.decode_answer(golden("tools.answer.json"), ASK), ASK).wire

    answer = client(wire).chat("m", [])

    assert answer.message.tool_calls[0].function.arguments == {"format": "celsius", "location": "Paris, FR"}  # type: ignore[index]


def test_the_watch_is_not_fooled_by_text() -> None:
    watch = plugin.watch()
    for frame in (said(content='{"done":true,"error":"x"}'), said(content="true"), b"true nonsense\n", b'{"error"\n'):
        watch.feed(frame)

    assert (watch.ended, watch.failed, watch.usage) == (False, None, None)


def test_the_watch_sees_an_end_whose_call_says_otherwise() -> None:
    watch = plugin.watch()
    watch.feed(
        line(
            message={"tool_calls": [{"function": {"name": "f", "arguments": {"done": False}}}]}, done=True, eval_count=2
        )
    )

    assert (watch.ended, watch.usage) == (True, Usage(0, 2))


def test_media_types() -> None:
    assert plugin.media_type(ASK) == b"application/x-ndjson"
    assert plugin.media_type(Ask("m")) == b"application/json"
