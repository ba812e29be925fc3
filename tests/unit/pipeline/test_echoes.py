"""Where a citation stands in an answer is not said any more once the answer's text was changed."""

from typing import Any

import msgspec
import pytest

from lockgate.core.body import head
from lockgate.core.guard import Rule, Rules
from lockgate.core.problem import Kind, Problem
from lockgate.dialects import gemini_generate, openai_chat
from lockgate.guards.pii import plugin as pii
from lockgate.patterns.looking import Looking
from lockgate.pipeline.ledger import Ledger
from lockgate.pipeline.screen import screened, told
from tests.fakes import Answered
from tests.unit.pipeline.test_provider_runs import CANARY, MASK, through
from tests.unit.pipeline.tokened import MAIL, World, user

SAID = f"of {CANARY} it is said here"
CITED = {
    "type": "url_citation",
    "url_citation": {"url": "https://h.example/", "title": "t", "start_index": 3, "end_index": 9},
}
NOWHERE = {
    "type": "url_citation",
    "url_citation": {"url": "https://h.example/", "title": "t", "start_index": 0, "end_index": 0},
}


def openai(*deltas: dict[str, Any]) -> bytes:
    pieces = [*({"delta": delta, "finish_reason": None} for delta in deltas), {"delta": {}, "finish_reason": "stop"}]
    chunks = [{"id": "a", "model": "m", "choices": [{"index": 0, **piece}]} for piece in pieces]
    return b"".join(b"data: " + msgspec.json.encode(chunk) + b"\n\n" for chunk in chunks) + b"data: [DONE]\n\n"


@pytest.mark.parametrize(("text", "cited"), [(SAID, NOWHERE), ("nothing of it", CITED)])
def test_a_citation_has_no_place_in_a_stream_whose_text_was_changed(text: str, cited: dict[str, Any]) -> None:
    out = through(openai_chat.plugin, openai({"content": text[:6]}, {"content": text[6:]}, {"annotations": [CITED]}))

    (frame,) = [each for each in out.split(b"\n\n") if b"annotations" in each]
    assert msgspec.json.decode(frame[6:])["choices"][0]["delta"] == {"annotations": [cited]}


def test_nor_in_a_whole_answer() -> None:
    call = {"id": "c", "type": "function", "function": {"name": "f", "arguments": '{"start_index":3}'}}
    message = {"role": "assistant", "content": SAID, "annotations": [CITED], "tool_calls": [call]}
    wire = msgspec.json.encode({"id": "a", "model": "m", "choices": [{"index": 0, "message": message}]})

    told = msgspec.json.decode(screened(head(wire), openai_chat.plugin, MASK, Ledger("", 0, 0), "response.").wire())

    (choice,) = told["choices"]
    assert choice["message"]["annotations"] == [NOWHERE]
    assert choice["message"]["tool_calls"] == [call]


def test_nor_where_google_says_what_an_answer_rests_on() -> None:
    support = {"segment": {"startIndex": 3, "endIndex": 9, "text": "said"}, "groundingChunkIndices": [0]}
    answer = {"content": {"parts": [{"text": SAID}]}, "groundingMetadata": {"groundingSupports": [support]}}
    called = {"functionCall": {"name": "f", "args": {"logprobs": 1, "segment": {"startIndex": 3, "endIndex": 4}}}}
    answer["content"]["parts"].append(called)  # type: ignore[index]
    wire = msgspec.json.encode({"candidates": [{"index": 0, "finishReason": "STOP", **answer}]})

    whole = screened(head(wire), gemini_generate.plugin, MASK, Ledger("", 0, 0), "response.").wire()
    streamed = through(gemini_generate.plugin, b"data: " + wire + b"\r\n\r\n")

    for got in (whole, streamed.partition(b"data: ")[2].strip()):
        (candidate,) = msgspec.json.decode(got)["candidates"]
        assert candidate["groundingMetadata"]["groundingSupports"][0]["segment"] == {
            "startIndex": 0,
            "endIndex": 0,
            "text": "said",
        }
        assert candidate["content"]["parts"][1] == called


async def test_nor_where_values_came_back() -> None:
    message = {"role": "assistant", "content": "write to <EMAIL_1>, as is said here", "annotations": [CITED]}
    body = {
        "id": "a",
        "object": "chat.completion",
        "created": 5,
        "model": "m",
        "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
    }

    told = await World().ask(Answered(200, [msgspec.json.encode(body)]), user(f"I am {MAIL}"))

    assert MAIL in told.text
    assert msgspec.json.decode(told.raw)["choices"][0]["message"]["annotations"] == [NOWHERE]


def test_a_clean_stream_leaves_as_it_came() -> None:
    wire = openai({"content": "clean"}, {"annotations": [CITED]})

    assert through(openai_chat.plugin, wire) == wire


def test_what_an_upstream_says_is_wrong_is_its_text_too() -> None:
    rules = Rules([Rule("r", 0, "mask", frozenset(("response",)))], Looking([pii().build()]), "response")
    problem = Problem(Kind.UPSTREAM_ERROR, "jo@mail.example", where="for jo@mail.example", source="upstream")

    told(problem, rules, Ledger("", 0, 0))

    assert (problem.detail, problem.where) == ("[EMAIL]", "for [EMAIL]")
