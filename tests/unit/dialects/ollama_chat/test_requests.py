"""Requests read: streaming, options, images, numbers."""

import json

import pytest

from lockgate.core.body import head
from lockgate.core.chat import Format, Media, Reasoning
from lockgate.core.dialect import Ask, Target
from lockgate.dialects.ollama_chat import plugin
from tests.unit.dialects.ollama_chat.drive import PNG, chat, turns, wired


@pytest.mark.parametrize(
    ("body", "stream"),
    [(b'{"model":"m"}', True), (b'{"model":"m","stream":null}', True), (b'{"model":"m","stream":false}', False)],
)
def test_a_request_is_streamed_unless_it_says_no(body: bytes, stream: bool) -> None:
    assert plugin.ask(Target(), head(body)) == Ask("m", stream=stream, usage=True)


def test_the_model_is_renamed() -> None:
    assert plugin.rename(head(b'{"model":"a","x":[1]}'), "b").wire() == b'{"model":"b","x":[1]}'


def test_options_and_switches() -> None:
    found = chat(format="json", think=False, logprobs=True, top_logprobs=2, options={"stop": "x", "num_predict": 7})

    assert found.format == Format("json")
    assert found.reasoning == Reasoning(enabled=False, shown=False)
    assert (found.logprobs, found.top_logprobs, found.stop, found.max_tokens) == (True, 2, ("x",), 7)
    assert chat(think=True).reasoning == Reasoning(shown=True)
    assert wired(found)[0]["think"] is False
    assert wired(chat(think=True))[0]["think"] is True


@pytest.mark.parametrize(
    ("data", "mime"),
    [
        (PNG, "image/png"),
        ("/9j/AAAA", "image/jpeg"),
        ("R0lGODAA", "image/gif"),
        ("UklGRAAA", "image/webp"),
        ("AAAA", ""),
    ],
)
def test_an_image_tells_what_it_is(data: str, mime: str) -> None:
    found = turns({"role": "user", "images": [data]}).messages[0].blocks

    assert found == (Media("image", mime, data),)


def test_an_image_as_a_data_url_is_taken() -> None:
    found = turns({"role": "user", "images": ["data:image/png;base64,AAAA"]}).messages[0].blocks

    assert found == (Media("image", "image/png", "AAAA"),)


def test_big_numbers_pass_unchanged() -> None:
    raw = b'{"a":123456789012345678901234567890,"b":1.0}'
    call = {"id": "i", "function": {"name": "f", "arguments": json.loads(raw)}}

    wire, _ = wired(turns({"role": "assistant", "tool_calls": [call]}))

    assert wire["messages"][0]["tool_calls"][0]["function"]["arguments"] == json.loads(raw)
