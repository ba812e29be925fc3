"""The official client reads our streams and errors, without a network."""

from collections.abc import Iterator

import httpx
import openai
import pytest

from lockgate.core.answer import Usage
from lockgate.core.events import Ended, Finished, Started, TextDelta, ThinkingDelta, ToolDelta, ToolStarted
from lockgate.core.problem import Kind, Problem
from lockgate.dialects.openai_chat import plugin
from tests.unit.dialects.openai_chat.drive import ASK, encoded


@pytest.fixture
def client(request: pytest.FixtureRequest) -> Iterator[openai.OpenAI]:
    status, body = request.param
    kind = "text/event-stream" if status == 200 else "application/json"
    transport = httpx.MockTransport(lambda _: httpx.Response(status, headers={"content-type": kind}, content=body))
    with openai.OpenAI(api_key="k", max_retries=0, http_client=httpx.Client(transport=transport)) as found:
        yield found


WHOLE = encoded(
    [
        Started("c", "m", 5),
        ThinkingDelta("hm"),
        TextDelta("Hel"),
        TextDelta("lo"),
        ToolStarted(0, "a", "f"),
        ToolStarted(1, "b", "g"),
        ToolDelta(0, '{"x":'),
        ToolDelta(1, "{}"),
        ToolDelta(0, "1}"),
        Finished("tool_use"),
        Ended(Usage(5, 4)),
    ]
)


@pytest.mark.parametrize("client", [(200, WHOLE)], indirect=True)
def test_its_accumulator_puts_the_stream_together(client: openai.OpenAI) -> None:
    with client.chat.completions.stream(model="m", messages=[]) as stream:
        stream.until_done()
        found = stream.get_final_completion()

    (choice,) = found.choices
    assert (choice.message.content, choice.finish_reason) == ("Hello", "tool_calls")
    calls = [call.function for call in choice.message.tool_calls or ()]
    assert [(call.name, call.arguments) for call in calls] == [("f", '{"x":1}'), ("g", "{}")]
    assert found.usage is not None
    assert found.usage.total_tokens == 9


def failed() -> bytes:
    encoder = plugin.encoder(ASK)
    begun = encoder.feed(Started("c", "m", 5)) + encoder.feed(TextDelta("a"))
    return begun + encoder.fail(Problem(Kind.BAD_UPSTREAM, "it broke", source="upstream"))


@pytest.mark.parametrize("client", [(200, failed())], indirect=True)
def test_a_broken_stream_raises(client: openai.OpenAI) -> None:
    with pytest.raises(openai.APIError, match="it broke"):
        list(client.chat.completions.create(model="m", messages=[], stream=True))


def refusal(kind: Kind) -> tuple[int, bytes]:
    problem = Problem(kind, "why", where="model")
    return plugin.status(problem), plugin.problem(problem, "REQ")


@pytest.mark.parametrize(
    ("client", "expected"),
    [
        (refusal(Kind.INVALID), openai.BadRequestError),
        (refusal(Kind.UNAUTHENTICATED), openai.AuthenticationError),
        (refusal(Kind.FORBIDDEN), openai.PermissionDeniedError),
        (refusal(Kind.NO_MODEL), openai.NotFoundError),
        (refusal(Kind.LIMITED), openai.RateLimitError),
        (refusal(Kind.QUOTA), openai.RateLimitError),
        (refusal(Kind.UNREACHABLE), openai.InternalServerError),
    ],
    indirect=["client"],
)
def test_refusals_are_its_own_exceptions(client: openai.OpenAI, expected: type[openai.APIStatusError]) -> None:
    with pytest.raises(expected) as caught:
        client.chat.completions.create(model="m", messages=[])

    assert caught.value.param == "model"
    assert "why" in caught.value.message
