"""Whole answers: goldens round trip, finish reasons, counts, ids, nonsense."""

from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Raw

from lockgate.core.answer import Answer, Choice, Usage
from lockgate.core.chat import Media, Refusal, Text, Thinking, ToolCall, ToolResult
from lockgate.core.dialect import Ask
from lockgate.core.problem import Kind, Problem
from lockgate.core.seals import NOBODY
from lockgate.dialects.gemini_generate import plugin

GOLDENS = sorted((Path(__file__).parents[3] / "wire/gemini_generate").glob("*.answer.json"))
ASK = Ask("gemini-3-pro", request_id="r1", created=1)


def decode(tree: object) -> Answer:
    return plugin.decode_answer(msgspec.json.encode(tree), ASK)


@pytest.mark.parametrize("path", GOLDENS, ids=lambda path: path.name)
def test_goldens_round_trip(path: Path) -> None:
    raw = path.read_bytes()

    encoded = plugin.encode_answer(plugin.decode_answer(raw, ASK), ASK)

    assert msgspec.json.decode(encoded.wire) == msgspec.json.decode(raw)
    assert encoded.lost == ()


def test_log_probabilities_are_in_openai_form() -> None:
    raw = (Path(__file__).parents[3] / "wire/gemini_generate/logprobs.answer.json").read_bytes()

    found = msgspec.json.decode(plugin.decode_answer(raw, ASK).choices[0].logprobs)

    assert found["content"][0] == {
        "token": "H",
        "logprob": -0.1,
        "bytes": [72],
        "top_logprobs": [
            {"token": "H", "logprob": -0.1, "bytes": [72]},
            {"token": "J", "logprob": -3.5, "bytes": [74]},
        ],
    }
    assert found["content"][1]["bytes"] == [195, 169]


def test_counts_include_thoughts_and_what_tools_asked() -> None:
    counted = {
        "promptTokenCount": 10,
        "cachedContentTokenCount": 4,
        "candidatesTokenCount": 3,
        "thoughtsTokenCount": 20,
        "toolUsePromptTokenCount": 5,
    }
    raw = msgspec.json.encode({"candidates": [], "usageMetadata": counted})

    assert plugin.decode_answer(raw, ASK).usage == Usage(input=15, output=23, cached=4, reasoning=20)
    assert plugin.unary_usage(raw) == Usage(input=15, output=23, cached=4, reasoning=20)
    assert plugin.unary_usage(b"{}") is None


@pytest.mark.parametrize(
    ("reason", "finish"),
    [
        ("STOP", "stop"),
        ("MAX_TOKENS", "length"),
        ("SAFETY", "filtered"),
        ("RECITATION", "filtered"),
        ("BLOCKLIST", "filtered"),
        ("PROHIBITED_CONTENT", "filtered"),
        ("SPII", "filtered"),
        ("MALFORMED_FUNCTION_CALL", "error"),
        ("OTHER", "error"),
        ("SOMETHING_NEW", "error"),
    ],
)
def test_finish_reasons(reason: str, finish: str) -> None:
    part = {"functionCall": {"name": "f"}}

    plain = decode({"candidates": [{"finishReason": reason}]})
    called = decode({"candidates": [{"finishReason": reason, "content": {"parts": [part]}}]})

    assert plain.choices[0].finish == finish
    assert called.choices[0].finish == ("tool_use" if finish == "stop" else finish)


def test_a_blocked_prompt_is_one_filtered_choice() -> None:
    answer = decode({"promptFeedback": {"blockReason": "SAFETY"}, "usageMetadata": {"promptTokenCount": 3}})

    assert (answer.choices, answer.usage.input) == ((Choice((), "filtered"),), 3)


def test_no_candidates_and_no_reason_is_an_error() -> None:
    assert decode({"usageMetadata": {}}).choices == (Choice((), "error"),)
    with pytest.raises(Problem) as caught:
        decode({})

    assert (caught.value.kind, caught.value.source) == (Kind.BAD_UPSTREAM, "upstream")


def test_ids_are_minted_and_dates_read() -> None:
    parts = [{"functionCall": {"name": "f"}}, {"functionCall": {"name": "f", "id": "own"}}]
    answer = decode(
        {
            "candidates": [{"content": {"parts": parts}}, {"content": {"parts": parts}}],
            "createTime": "2026-05-04T20:01:02.264968Z",
        }
    )

    ids = [block.id for choice in answer.choices for block in choice.blocks if isinstance(block, ToolCall)]
    assert ids == ["call_r1_0", "own", "call_r1_1", "own"]
    assert (answer.id, answer.model, answer.created) == ("", "gemini-3-pro", 1777924862)
    assert decode({"candidates": [{}], "createTime": "yesterday"}).created == 0


def test_what_has_no_word_is_named() -> None:
    parts = [{"executableCode": {"code": "1"}}, {"codeExecutionResult": {"output": "1"}}, {"text": "x"}]
    candidate = {"content": {"parts": parts}, "groundingMetadata": {}, "safetyRatings": [], "citationMetadata": None}

    answer = decode({"candidates": [candidate, candidate]})

    assert answer.unsaid == ("groundingMetadata", "safetyRatings", "executableCode", "codeExecutionResult")
    assert answer.choices[0].blocks == (Text("x"),)


def test_a_signature_on_text_follows_the_text() -> None:
    part = {
        "text": "x",
        "thoughtSignature": "QUFB",
        "fileData": {"fileUri": "https://e.com/a", "mimeType": "image/png"},
    }

    answer = decode({"candidates": [{"content": {"parts": [part]}}]})

    assert answer.choices[0].blocks == (
        Text("x"),
        Thinking(signature="QUFB"),
        Media("image", "image/png", url="https://e.com/a"),
    )


def test_an_error_with_status_200_is_a_problem() -> None:
    with pytest.raises(Problem, match="too busy") as caught:
        decode({"error": {"code": 503, "message": "too busy", "status": "UNAVAILABLE"}})

    assert (caught.value.kind, caught.value.status) == (Kind.UPSTREAM_ERROR, 503)


@given(st.binary(max_size=40) | st.text('{}[]:,"candidatesparts0', max_size=60).map(str.encode))
def test_no_bytes_raise_anything_but_a_problem(raw: bytes) -> None:
    plugin.unary_usage(raw)
    with pytest.raises(Problem):
        plugin.decode_answer(raw, ASK)


FOREIGN = Answer(
    id="",
    model="",
    choices=(
        Choice(
            (
                Refusal("no"),
                Thinking(redacted="x"),
                ToolCall("1", "f", "oops"),
                Media("image", file_id="file-1"),
                Media("image", "image/png", data="AAAA"),
                ToolResult("1", ()),
            ),
            "tool_use",
            stop="END",
            logprobs=Raw(b'"odd"'),
        ),
        Choice((), "error"),
    ),
    usage=Usage(input=5, output=7, written=2),
)


def test_answers_of_other_dialects() -> None:
    encoded = plugin.encode_answer(FOREIGN, ASK)

    assert msgspec.json.decode(encoded.wire) == {
        "candidates": [
            {
                "content": {
                    "parts": [
                        {"text": "no"},
                        {
                            "functionCall": {"id": "1", "name": "f", "args": {"arguments": "oops"}},
                            "thoughtSignature": NOBODY,
                        },
                        {"inlineData": {"mimeType": "image/png", "data": "AAAA"}},
                    ],
                    "role": "model",
                },
                "finishReason": "STOP",
                "index": 0,
            },
            {"finishReason": "OTHER", "index": 1},
        ],
        "usageMetadata": {"promptTokenCount": 5, "candidatesTokenCount": 7, "totalTokenCount": 12},
        "modelVersion": "gemini-3-pro",
        "responseId": "r1",
    }
    assert encoded.lost == (
        "refusal mark",
        "redacted thinking",
        "tool arguments that are not an object",
        "files by id",
        "which stop sequence ended the answer",
        "the count of tokens written to a cache",
    )


def test_log_probabilities_that_make_no_sense_are_left_out() -> None:
    answer = decode({"candidates": [{"logprobsResult": "odd"}]})

    assert bytes(answer.choices[0].logprobs) == b""
