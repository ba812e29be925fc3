"""Whole answers, both ways: what every block becomes, how an answer ends, what it counts; and what is none."""

from typing import Any

import msgspec
import pytest
from msgspec import Raw
from openai.types.responses import Response

from lockgate.core.answer import Answer, Choice, Finish, Usage
from lockgate.core.called import Called
from lockgate.core.chat import Block, Media, Refusal, Text, Thinking, ToolCall, ToolResult
from lockgate.core.problem import Kind, Problem
from lockgate.dialects.openai_responses import plugin
from tests.unit.dialects.openai_responses.drive import ASK

USAGE = Usage(10, 7, cached=3, written=1, reasoning=2)
LOGPROBS: Any = {"content": [{"token": "a", "bytes": [97], "logprob": -0.5, "top_logprobs": []}], "refusal": None}


def written(*blocks: Block, finish: Finish = "stop", **more: Any) -> Any:
    """As the official client reads it, too."""
    answer = Answer(id="resp_1", model="m", created=5, choices=(Choice(blocks, finish, **more),), usage=USAGE)
    wire = plugin.encode_answer(answer, ASK).wire
    Response.model_validate_json(wire, strict=True)
    return msgspec.json.decode(wire)


def test_every_block_has_its_item_and_comes_back() -> None:
    blocks: tuple[Block, ...] = (
        Thinking("Hm.", "c2ln"),
        Thinking(redacted="QUJD"),
        Text("a"),
        Refusal("No."),
        ToolCall("c1", "f", '{"a":1}'),
        ToolCall("c2", "g", "{}", "c2ln"),
        Media("image", mime="image/webp", data="QUJD"),
        Text("b"),
    )

    told = written(*blocks)

    kinds = [item["type"] for item in told["output"]]
    assert kinds == ["reasoning", "reasoning", "message", "function_call", "reasoning", "function_call", "image_generation_call", "message"]  # fmt: skip
    assert len({item["id"] for item in told["output"]}) == len(kinds)
    again = plugin.decode_answer(msgspec.json.encode(told), ASK)
    assert again.choices == (Choice(blocks, "tool_use"),)
    assert (again.id, again.model, again.created, again.usage) == ("resp_1", "m", 5, USAGE)


@pytest.mark.parametrize(
    ("finish", "status", "reason"),
    [
        ("stop", "completed", None),
        ("tool_use", "completed", None),
        ("length", "incomplete", "max_output_tokens"),
        ("filtered", "incomplete", "content_filter"),
    ],
)
def test_how_it_ended(finish: Finish, status: str, reason: str | None) -> None:
    told = written(Text("a"), finish=finish)

    assert (told["status"], (told["incomplete_details"] or {}).get("reason")) == (status, reason)
    assert told["output"][0]["status"] == ("completed" if status == "completed" else "incomplete")
    again = plugin.decode_answer(msgspec.json.encode(told), ASK)
    assert again.choices[0].finish == ("stop" if finish == "tool_use" else finish)


def test_an_answer_that_failed_says_so() -> None:
    told = written(finish="error")

    assert (told["status"], told["error"]["code"]) == ("failed", "server_error")
    with pytest.raises(Problem, match="could not finish") as caught:
        plugin.decode_answer(msgspec.json.encode(told), ASK)
    assert (caught.value.kind, caught.value.source) == (Kind.UPSTREAM_ERROR, "upstream")


def test_counts() -> None:
    assert written(Text("a"))["usage"] == {
        "input_tokens": 10,
        "input_tokens_details": {"cached_tokens": 3, "cache_write_tokens": 1},
        "output_tokens": 7,
        "output_tokens_details": {"reasoning_tokens": 2},
        "total_tokens": 17,
    }
    wire = {"usage": {"input_tokens": 3}, "service_tier": "flex", "tool_usage": {"web_search": {"num_requests": 2}}}
    assert plugin.unary_usage(msgspec.json.encode(wire)) == Usage(3, searches=2, tier="flex")
    for nothing in (b"{}", b"[", b'{"usage":5}'):
        assert plugin.unary_usage(nothing) is None


def test_logprobs_stand_beside_the_text() -> None:
    told = written(Text("a"), Text("b"), logprobs=Raw(msgspec.json.encode(LOGPROBS)))

    assert [part["logprobs"] for part in told["output"][0]["content"]] == [LOGPROBS["content"], []]
    again = plugin.decode_answer(msgspec.json.encode(told), ASK)
    assert msgspec.json.decode(again.choices[0].logprobs) == LOGPROBS


def test_ids_and_names_are_made_where_an_upstream_gave_none() -> None:
    answer = Answer(id="", model="", choices=(Choice((ToolCall("", "f", "{}"),)), Choice(())))

    encoded = plugin.encode_answer(answer, ASK)

    told = msgspec.json.decode(encoded.wire)
    assert (told["id"], told["model"], told["created_at"]) == ("resp_REQ", "asked", ASK.created)
    assert told["output"][0]["call_id"]
    assert encoded.lost == ("answers beside the first",)


def test_a_tool_is_called_as_the_client_calls_it() -> None:
    ask = msgspec.structs.replace(
        ASK, called={"patch": Called("patch", free=True), "files__read": Called("read", "files")}
    )
    calls = (
        ToolCall("c1", "patch", '{"input":"*** Begin"}'),
        ToolCall("c2", "patch", "not JSON"),
        ToolCall("c3", "files__read", "{}"),
    )

    told = msgspec.json.decode(plugin.encode_answer(Answer(id="r", model="m", choices=(Choice(calls),)), ask).wire)

    assert [(item["type"], item.get("input"), item.get("namespace"), item["name"]) for item in told["output"]] == [
        ("custom_tool_call", "*** Begin", None, "patch"),
        ("custom_tool_call", "not JSON", None, "patch"),
        ("function_call", None, "files", "read"),
    ]
    again = plugin.decode_answer(msgspec.json.encode(told), ASK).choices[0].blocks
    assert [block.name for block in again if isinstance(block, ToolCall)] == ["patch", "patch", "files__read"]


def test_what_has_no_place_is_named() -> None:
    blocks = (Media("audio", data="QUJD"), Media("image", url="u"), ToolResult("c", ()))
    answer = Answer(id="r", model="m", choices=(Choice(blocks, stop="END"),))

    assert plugin.encode_answer(answer, ASK).lost == ("stop sequence", "audio in answers", "image in answers", "tool results in answers")  # fmt: skip
    wire = {"output": [{"type": "web_search_call", "id": "w"}, {"type": "message", "content": [{"type": "output_text", "text": "a", "annotations": [{}]}]}]}  # fmt: skip
    said = plugin.decode_answer(msgspec.json.encode(wire), ASK)
    assert (said.unsaid, said.runs) == (("output (web_search_call)", "annotations"), ("web_search",))


@pytest.mark.parametrize(
    "raw", [b"[]", b"{", b"{}", b'{"output":null}', b'{"output":[5]}', b'{"output":[{"type":5}]}', b'{"error":\xff}']
)
def test_nonsense_is_a_bad_upstream(raw: bytes) -> None:
    with pytest.raises(Problem) as caught:
        plugin.decode_answer(raw, ASK)

    assert (caught.value.kind, caught.value.source) == (Kind.BAD_UPSTREAM, "upstream")


def test_the_upstreams_own_error_is_told() -> None:
    raw = b'{"status":"failed","output":[],"error":{"code":"server_error","message":"It broke with sk-abcdefgh."}}'

    with pytest.raises(Problem, match=r"It broke with \*\*\*") as caught:
        plugin.decode_answer(raw, ASK)

    assert caught.value.kind is Kind.UPSTREAM_ERROR
    with pytest.raises(Problem, match="the response failed"):
        plugin.decode_answer(b'{"status":"failed","output":[]}', ASK)
