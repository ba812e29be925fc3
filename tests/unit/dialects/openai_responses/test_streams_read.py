"""Streams of upstreams: what they say once is said once, however often they say it; and what is none."""

import msgspec
import pytest

from lockgate.core.answer import Usage
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
from tests.unit.dialects.openai_responses.drive import decoded, event

RESPONSE = {"id": "resp_1", "model": "m", "created_at": 5, "status": "in_progress"}
CREATED = event("response.created", response=RESPONSE)


def over(**more: object) -> bytes:
    return event("response.completed", response={**RESPONSE, "status": "completed", "output": [], **more})


def said(*pieces: bytes) -> list[Event]:
    """What comes between the first event and the last two."""
    found = decoded([CREATED, *pieces, over()])
    assert found[0] == Started("resp_1", "m", 5)
    assert isinstance(found[-2], Finished)
    assert found[-1] == Ended()
    return found[1:-2]


def item(kind: str, index: int = 0, /, *, done: bool = True, **fields: object) -> bytes:
    name = "response.output_item.done" if done else "response.output_item.added"
    return event(name, output_index=index, item={"type": kind, **fields})


def delta(kind: str, text: str, **fields: object) -> bytes:
    return event(f"response.{kind}.delta", output_index=0, delta=text, **fields)


def test_a_text_that_is_said_again_is_said_once() -> None:
    part = {"type": "output_text", "text": "ab"}

    found = said(
        item("message", done=False, content=[]),
        delta("output_text", "a"),
        delta("output_text", "b"),
        event("response.output_text.done", text="ab"),
        event("response.content_part.done", part=part),
        item("message", content=[part]),
    )

    assert found == [TextDelta("a"), TextDelta("b")]


def test_what_is_only_said_at_the_end_of_an_item_is_said_then() -> None:
    message = [{"type": "output_text", "text": "a"}, {"type": "refusal", "refusal": "No."}]
    summary = [{"type": "summary_text", "text": "Hm."}]

    found = said(
        item("reasoning", 0, summary=summary, encrypted_content="c2ln"),
        item("message", 1, content=message),
        item("function_call", 2, call_id="c1", name="f", arguments="{}"),
        item("function_call", 2, call_id="c1", name="f", arguments="{}"),
        item("custom_tool_call", 3, done=False, call_id="c2", name="g", input=""),
        event("response.custom_tool_call_input.done", output_index=3, input="text"),
        item("custom_tool_call", 3, call_id="c2", name="g", input="text"),
    )

    assert found == [
        ThinkingDelta("Hm."),
        ThinkingSigned("c2ln"),
        TextDelta("a"),
        RefusalDelta("No."),
        ToolStarted(0, "c1", "f"),
        ToolDelta(0, "{}"),
        ToolStarted(1, "c2", "g"),
        ToolDelta(1, "text"),
    ]


def test_thoughts_in_both_forms() -> None:
    found = said(
        delta("reasoning_summary_text", "a", summary_index=0),
        event("response.reasoning_summary_part.added", output_index=0, summary_index=1, part={}),
        delta("reasoning_summary_text", "b", summary_index=1),
        item("reasoning", summary=[{"text": "a"}, {"text": "b"}], encrypted_content="redacted:QUJD"),
        delta("reasoning_text", "c", content_index=0),
    )

    assert found == [
        ThinkingDelta("a"),
        ThinkingDelta("\n\n"),
        ThinkingDelta("b"),
        ThinkingSigned(redacted="QUJD"),
        ThinkingDelta("c"),
    ]


def test_tools_that_the_provider_runs_begin_and_come_whole() -> None:
    begun = {"type": "mcp_call", "id": "mcp_1", "server_label": "files", "name": "read", "arguments": ""}

    found = said(
        item("mcp_call", done=False, **{k: v for k, v in begun.items() if k != "type"}), item("mcp_call", id="mcp_1")
    )

    assert isinstance(found[0], RunStarted)
    assert (found[0].name, found[0].kind, msgspec.json.decode(found[0].head)) == ("files", "mcp_call", begun)
    assert isinstance(found[1], BlockGiven)
    assert msgspec.json.decode(found[1].block) == {"type": "mcp_call", "id": "mcp_1"}


def test_pictures_and_logprobs() -> None:
    told = [{"token": "a", "logprob": -1}]

    found = said(
        delta("output_text", "a", logprobs=told), item("image_generation_call", 1, result="QUJD", output_format="webp")
    )

    assert found[0] == TextDelta("a")
    assert isinstance(found[1], LogProbs)
    assert msgspec.json.decode(found[1].raw)["content"] == told
    assert found[2] == MediaGiven(Media("image", mime="image/webp", data="QUJD"))


@pytest.mark.parametrize(
    ("kind", "response", "finish"),
    [
        ("completed", {}, "stop"),
        ("incomplete", {"incomplete_details": {"reason": "max_output_tokens"}}, "length"),
        ("incomplete", {"incomplete_details": {"reason": "content_filter"}}, "filtered"),
        ("incomplete", {"incomplete_details": None}, "length"),
    ],
)
def test_how_it_ended(kind: str, response: dict[str, object], finish: str) -> None:
    usage = {"input_tokens": 3, "output_tokens": 4, "output_tokens_details": {"reasoning_tokens": 1}}
    last = event(f"response.{kind}", response={"id": "r", "status": kind, "usage": usage, **response})

    *_, finished, ended = decoded([CREATED, last])

    assert (finished, ended) == (Finished(finish), Ended(Usage(3, 4, reasoning=1)))  # type: ignore[arg-type]


def test_what_nobody_knows_and_what_comes_behind_the_end_is_passed_over() -> None:
    strange = event("response.brand_new", delta={"x": 1}, item=5)

    found = decoded([b": ping\n\n", CREATED, strange, b"data: [DONE]\n\n", over(), delta("output_text", "late")])

    assert found == [Started("resp_1", "m", 5), Finished("stop"), Ended()]


def test_a_stream_that_forgets_its_beginning_has_one() -> None:
    assert decoded([delta("output_text", "a"), over()])[:2] == [Started("resp_REQ", "asked"), TextDelta("a")]


@pytest.mark.parametrize(
    ("pieces", "kind", "detail"),
    [
        ([CREATED], Kind.BAD_UPSTREAM, "closed before"),
        ([CREATED, b"data: {]\n\n"], Kind.BAD_UPSTREAM, "broken"),
        ([CREATED, b'data: {"type":"response.output_text.delta","delta":5}\n\n'], Kind.BAD_UPSTREAM, "broken"),
        ([event("error", error={"message": "it broke"})], Kind.UPSTREAM_ERROR, "it broke"),
        ([event("error", message="it broke", code="x", param=None)], Kind.UPSTREAM_ERROR, "it broke"),
        (
            [CREATED, event("response.failed", response={"status": "failed", "error": {"message": "it broke"}})],
            Kind.UPSTREAM_ERROR,
            "it broke",
        ),
        ([CREATED, event("response.failed", response={})], Kind.BAD_UPSTREAM, "failed"),
    ],
)
def test_a_stream_that_breaks_is_a_problem(pieces: list[bytes], kind: Kind, detail: str) -> None:
    with pytest.raises(Problem, match=detail) as caught:
        decoded(pieces)

    assert (caught.value.kind, caught.value.source) == (kind, "upstream")
