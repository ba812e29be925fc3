"""The official client puts our streams together and raises at our errors, without a network."""

from collections.abc import Iterator
from typing import Any

import httpx
import msgspec
import openai
import pytest

from lockgate.core.answer import Usage
from lockgate.core.called import Called
from lockgate.core.events import (
    Ended,
    Finished,
    RefusalDelta,
    Started,
    TextDelta,
    ThinkingDelta,
    ThinkingSigned,
    ToolDelta,
    ToolStarted,
)
from lockgate.core.problem import Kind, Problem
from lockgate.dialects.openai_responses import plugin
from tests.unit.dialects.openai_responses.drive import ASK, encoded


@pytest.fixture
def client(request: pytest.FixtureRequest) -> Iterator[openai.OpenAI]:
    status, body = request.param
    kind = "text/event-stream" if status == 200 else "application/json"
    transport = httpx.MockTransport(lambda _: httpx.Response(status, headers={"content-type": kind}, content=body))
    with openai.OpenAI(api_key="k", max_retries=0, http_client=httpx.Client(transport=transport)) as found:
        yield found


WHOLE = encoded(
    [
        Started("resp_1", "m", 5),
        ThinkingDelta("hm"),
        ThinkingSigned("c2ln"),
        TextDelta("Hel"),
        TextDelta("lo"),
        RefusalDelta("No."),
        ToolStarted(0, "a", "f"),
        ToolStarted(1, "b", "patch"),
        ToolDelta(0, '{"x":'),
        ToolDelta(1, '{"input":"text"}'),
        ToolDelta(0, "1}"),
        Finished("tool_use"),
        Ended(Usage(5, 4)),
    ],
    msgspec.structs.replace(ASK, called={"patch": Called("patch", free=True)}),
)


@pytest.mark.parametrize("client", [(200, WHOLE)], indirect=True)
def test_its_accumulator_puts_the_stream_together(client: openai.OpenAI) -> None:
    with client.responses.stream(model="m", input="hi") as stream:
        texts = [event.delta for event in stream if event.type == "response.output_text.delta"]
        found = stream.get_final_response()

    assert texts == ["Hel", "lo"]
    assert (found.output_text, found.status) == ("Hello", "completed")
    output: list[Any] = list(found.output)
    assert [item.type for item in output] == ["reasoning", "message", "function_call", "custom_tool_call"]
    assert (output[0].summary[0].text, output[0].encrypted_content) == ("hm", "c2ln")
    assert (output[2].name, output[2].arguments, output[2].call_id) == ("f", '{"x":1}', "a")
    assert (output[3].name, output[3].input) == ("patch", "text")
    assert found.usage is not None
    assert found.usage.total_tokens == 9


def failed() -> bytes:
    encoder = plugin.encoder(ASK)
    begun = encoder.feed(Started("c", "m", 5)) + encoder.feed(TextDelta("a"))
    return begun + encoder.fail(Problem(Kind.BAD_UPSTREAM, "it broke", source="upstream"))


@pytest.mark.parametrize("client", [(200, failed())], indirect=True)
def test_an_error_in_a_stream_is_raised(client: openai.OpenAI) -> None:
    got = []
    with pytest.raises(openai.APIError, match="it broke"):
        got.extend(event.type for event in client.responses.create(model="m", input="hi", stream=True))

    assert got[-1] == "response.output_text.delta"


@pytest.mark.parametrize(
    "client", [(400, plugin.problem(Problem(Kind.INVALID, "no", where="store"), "r"))], indirect=True
)
def test_an_error_has_its_parameter(client: openai.OpenAI) -> None:
    with pytest.raises(openai.BadRequestError) as caught:
        client.responses.create(model="m", input="hi")

    assert (caught.value.param, caught.value.code) == ("store", "invalid_request")
