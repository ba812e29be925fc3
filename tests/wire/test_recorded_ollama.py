"""Recorded replies that nobody here made (Kong's): decoded, and compared with what Kong expects of them.

Deliberate difference: Kong's expectations hold 130 and 139 tokens where the replies say 26 and 100, so counts are held
to the replies.
"""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from lockgate.core.answer import Usage
from lockgate.core.body import head
from lockgate.core.chat import Chat, Message, Text
from lockgate.core.dialect import Ask, Target
from lockgate.core.problem import Kind, Problem
from lockgate.dialects.ollama_chat import plugin

SHARED = Path(os.environ.get("LOCKGATE_SHARED", Path(__file__).parents[2] / "../shared")).resolve()
KONG = SHARED / "fixtures/kong/spec/fixtures/ai-proxy"
UNIT = KONG / "unit"

pytestmark = pytest.mark.skipif(not UNIT.exists(), reason=f"Kong's recordings are not at {SHARED}")
FAMILIES = ("llama2", "mistral")


def read(path: str) -> Any:
    return json.loads((UNIT / path).read_bytes())


@pytest.mark.parametrize("family", FAMILIES)
def test_a_recorded_answer_means_what_is_expected(family: str) -> None:
    raw = (UNIT / f"real-responses/{family}/ollama/llm-v1-chat.json").read_bytes()
    expected = read(f"expected-responses/{family}/ollama/llm-v1-chat.json")

    answer = plugin.decode_answer(raw, Ask("m"))

    choice = expected["choices"][0]
    assert answer.choices[0].blocks == (Text(choice["message"]["content"]),)
    assert answer.choices[0].finish == choice["finish_reason"]
    assert answer.model == expected["model"]
    assert answer.usage == plugin.unary_usage(raw) == Usage(26, 100)
    assert answer.unsaid == ()


@pytest.mark.parametrize("family", FAMILIES)
def test_a_recorded_conversation_is_asked_as_expected(family: str) -> None:
    asked, expected = read("requests/llm-v1-chat.json"), read(f"expected-requests/{family}/ollama/llm-v1-chat.json")
    turns = tuple(Message(message["role"], (Text(message["content"]),)) for message in asked["messages"])

    encoded = plugin.encode_chat(Chat(model=expected["model"], messages=turns, max_tokens=512, temperature=0.5))

    assert json.loads(encoded.wire) == expected
    assert encoded.lost == ()


@pytest.mark.parametrize("family", FAMILIES)
def test_an_expected_request_is_read(family: str) -> None:
    raw = (UNIT / f"expected-requests/{family}/ollama/llm-v1-chat.json").read_bytes()

    chat = plugin.decode_chat(raw, plugin.ask(Target(), head(raw)))

    assert (chat.max_tokens, chat.temperature, len(chat.messages), chat.stream) == (512, 0.5, 6, False)
    assert json.loads(plugin.encode_chat(chat).wire) == json.loads(raw)


def test_a_completion_is_no_chat() -> None:
    raw = (UNIT / "real-responses/llama2/ollama/llm-v1-completions.json").read_bytes()

    with pytest.raises(Problem) as caught:
        plugin.decode_answer(raw, Ask("m"))

    assert caught.value.kind is Kind.BAD_UPSTREAM


def test_the_other_recording_is_streamed() -> None:
    body = head((KONG / "llama2/ollama/chat-stream.json").read_bytes())

    with pytest.raises(Problem) as caught:
        plugin.ask(Target(), body)

    assert (caught.value.kind, caught.value.where) == (Kind.INVALID, "model")
    assert plugin.ask(Target(), body.set("model", "llama2")).stream
