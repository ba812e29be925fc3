"""The demo's bytes are written by hand, so it is a witness: each dialect's own encoder and decoder are held against it."""

import pytest
from msgspec import Raw
from msgspec.structs import replace

from lockgate.core.answer import Answer
from lockgate.core.chat import Chat, Format, Media, Message, Text, Thinking, Tool, ToolCall, ToolResult
from lockgate.core.dialect import Ask
from lockgate.core.events import Ended, Finished, TextDelta, ThinkingDelta, ToolDelta, ToolStarted
from lockgate.core.problem import Problem
from lockgate.core.provider import Service
from lockgate.providers.demo import answers, plugin
from lockgate.providers.demo.script import BROKEN, FRIENDLY, THOUGHT

HELLO = Message("user", (Text("Hello"),))
SCHEMA = Raw(b'{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}')
TOOLS = (Tool("get_weather", "Weather", SCHEMA), Tool("get_time", "Time", SCHEMA))
CHATS = [service for service in plugin.services if service.dialect.vectors is None]
services = pytest.mark.parametrize("service", CHATS, ids=lambda service: service.dialect.name)


def _asked(service: Service, chat: Chat, *, array: bool = False) -> tuple[Ask, answers.Answer]:
    ask = Ask(chat.model, chat.stream, usage=True, array=array, request_id="r", created=1)
    path, _, query = service.path(ask).partition("?")
    wire = service.dialect.encode_chat(chat).wire
    return ask, answers.answer(answers.Request("POST", path, query, wire), 1, 0)


def _answer(service: Service, chat: Chat) -> Answer:
    ask, made = _asked(service, chat)
    assert made.status == 200, made.pieces
    return service.dialect.decode_answer(b"".join(made.pieces), ask)


def _events(service: Service, chat: Chat, *, array: bool = False):
    ask, made = _asked(service, replace(chat, stream=True), array=array)
    assert made.status == 200, made.pieces
    framing, decoder = service.dialect.framing(ask), service.dialect.decoder(ask)
    frames = [frame for piece in made.pieces for frame in framing.feed(piece)] + list(framing.end())
    for frame in frames:
        yield from decoder.feed(frame)
    yield from decoder.end()


@services
def test_an_answer(service):
    answer = _answer(service, Chat(model="demo", messages=(HELLO,), max_tokens=100))

    (choice,) = answer.choices
    assert (choice.blocks, choice.finish) == ((Text(FRIENDLY),), "stop")
    assert answer.unsaid == ()
    assert (answer.usage.input, answer.usage.output) == (2, (len(FRIENDLY) + 3) // 4)


@services
def test_a_stream_means_the_same(service):
    events = list(_events(service, Chat(model="demo", messages=(HELLO,), max_tokens=100)))

    assert "".join(event.text for event in events if isinstance(event, TextDelta)) == FRIENDLY
    assert [event.finish for event in events if isinstance(event, Finished)] == ["stop"]
    assert isinstance(events[-1], Ended)
    assert (events[-1].usage.input, events[-1].usage.output) == (2, (len(FRIENDLY) + 3) // 4)


def test_a_stream_that_is_one_array():
    gemini = next(service for service in plugin.services if service.dialect.name == "gemini_generate")

    events = list(_events(gemini, Chat(model="demo", messages=(HELLO,)), array=True))

    assert "".join(event.text for event in events if isinstance(event, TextDelta)) == FRIENDLY


@services
def test_tools_and_their_results(service):
    chat = Chat(model="demo", messages=(HELLO,), max_tokens=100, tools=TOOLS)

    answer = _answer(service, chat)
    events = list(_events(service, chat))
    calls = [block for block in answer.choices[0].blocks if isinstance(block, ToolCall)]
    results = tuple(ToolResult(call.id, (Text(f"{call.name}!"),), name=call.name) for call in calls)
    turns = (HELLO, Message("assistant", answer.choices[0].blocks), Message("user", results))
    told = _answer(service, replace(chat, messages=turns)).choices[0].blocks[0]

    expected = [("get_weather", '{"city":"example"}'), ("get_time", '{"city":"example"}')]
    assert answer.choices[0].finish == "tool_use"
    assert [(call.name, call.arguments) for call in calls] == expected
    assert [event.name for event in events if isinstance(event, ToolStarted)] == ["get_weather", "get_time"]
    for number in (0, 1):
        pieces = [event.arguments for event in events if isinstance(event, ToolDelta) and event.call == number]
        assert "".join(pieces) == '{"city":"example"}'
    assert [event.finish for event in events if isinstance(event, Finished)] == ["tool_use"]
    assert isinstance(told, Text)
    assert told.text.startswith("Thank you. get_weather said: ")
    assert "get_time!" in told.text


@services
def test_thinking(service):
    chat = Chat(model="demo-think", messages=(HELLO,), max_tokens=100)

    blocks = _answer(service, chat).choices[0].blocks
    events = list(_events(service, chat))

    thought = "".join(block.text for block in blocks if isinstance(block, Thinking))
    assert thought == THOUGHT
    assert [block for block in blocks if isinstance(block, Text)] == [Text(FRIENDLY)]
    assert "".join(event.text for event in events if isinstance(event, ThinkingDelta)) == thought


@services
def test_an_image_and_a_schema(service):
    picture = Media("image", "image/png", "eHh4eHh4")
    pictured = Chat(model="demo-image", messages=(Message("user", (Text("?"), picture)),), max_tokens=100)
    formed = Chat(model="demo-json", messages=(HELLO,), max_tokens=100, format=Format("schema", SCHEMA))

    seen = _answer(service, pictured).choices[0].blocks[0]
    made = _answer(service, formed).choices[0].blocks[0]

    assert isinstance(seen, Text)
    assert "6 bytes" in seen.text
    assert made == Text('{"city":"example"}')


@services
@pytest.mark.parametrize("status", [400, 401, 404, 429, 500, 503])
def test_failures_are_read(service, status):
    _, made = _asked(service, Chat(model=f"demo-error-{status}", messages=(HELLO,), max_tokens=100))

    problem = service.dialect.read_problem(made.status, made.pieces[0])

    assert (problem.status, problem.source) == (status, "upstream")
    assert "as its name says" in problem.detail


@services
@pytest.mark.parametrize("model", ["demo-error-midstream", "demo-malformed"])
def test_a_stream_that_breaks_is_a_problem(service, model):
    seen = []

    def read() -> None:
        for event in _events(service, Chat(model=model, messages=(HELLO,), max_tokens=100)):
            seen.append(event)  # noqa: PERF402 - what came before the error counts

    with pytest.raises(Problem) as raised:
        read()

    assert raised.value.source == "upstream"
    assert any(isinstance(event, TextDelta) for event in seen)
    assert not any(isinstance(event, Ended) for event in seen)
    if model == "demo-error-midstream":
        assert BROKEN in raised.value.detail
