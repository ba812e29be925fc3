"""What Mistral gets from clients of every dialect: ids of nine characters, its own names, and no field that it does not know.

Which fields those are is read from Mistral's own client, an independent witness of what its API takes.
"""

import json
import re
from typing import Any

import pytest
from mistralai.client import models

from tests.e2e.plant import MODELS, Plant
from tests.e2e.process import Told, request
from tests.e2e.two_calls import CITIES, IDS, RESULTS, pairs
from tests.e2e.wires import TOOL

MODEL, SCHEMA = "best@mistral", {"type": "object", "properties": {"city": {"type": "string"}}}
ROLES: dict[str, Any] = {
    "system": models.SystemMessage,
    "user": models.UserMessage,
    "assistant": models.AssistantMessage,
    "tool": models.ToolMessage,
}
NINE = re.compile("[a-zA-Z0-9]{9}")


def ask(plant: Plant, path: str, body: object) -> Told:
    return request(plant.gateway.url, "POST", path, body, {"x-api-key": plant.gateway.key})


def sent(plant: Plant, mark: Any) -> Any:
    """The one body that reached it; all its fields are Mistral's."""
    (got,) = plant.upstream.received(mark)
    assert got.target == "/mistral/v1/chat/completions"
    body = json.loads(got.body)
    assert set(body) <= set(models.ChatCompletionRequest.model_fields) | {"stream"}
    for message in body["messages"]:
        assert set(message) <= set(ROLES[message["role"]].model_fields)
        for call in message.get("tool_calls") or ():
            assert set(call) <= {"id", "type", "function", "index"}
            assert set(call["function"]) <= {"name", "arguments"}
    return body


def openai_body(text: str, ids: tuple[str, ...]) -> dict[str, Any]:
    """Results in the other order: only the ids say which belongs to which."""
    calls = [
        {"id": id_, "type": "function", "function": {"name": TOOL, "arguments": json.dumps({"city": city})}}
        for id_, city in zip(ids, CITIES, strict=True)
    ]
    told = [{"role": "tool", "tool_call_id": i, "content": r} for i, r in zip(ids, RESULTS, strict=True)]
    asked = {"role": "user", "content": text}
    tool = {"type": "function", "function": {"name": TOOL, "parameters": SCHEMA}}
    turns = [asked, {"role": "assistant", "content": None, "tool_calls": calls}, *reversed(told)]
    return {"model": MODEL, "messages": turns, "tools": [tool], "max_completion_tokens": 33}


def anthropic_body(text: str, ids: tuple[str, ...]) -> dict[str, Any]:
    uses = [{"type": "tool_use", "id": i, "name": TOOL, "input": {"city": c}} for i, c in zip(ids, CITIES, strict=True)]
    told = [{"type": "tool_result", "tool_use_id": i, "content": r} for i, r in zip(ids, RESULTS, strict=True)]
    turns = [
        {"role": "user", "content": text},
        {"role": "assistant", "content": uses},
        {"role": "user", "content": [*reversed(told)]},
    ]
    tool = {"name": TOOL, "input_schema": SCHEMA}
    return {"model": MODEL, "messages": turns, "tools": [tool], "max_tokens": 33, "top_k": 5, "metadata": {}}


def gemini_body(text: str, ids: tuple[str, ...]) -> dict[str, Any]:
    calls = [{"functionCall": {"id": i, "name": TOOL, "args": {"city": c}}} for i, c in zip(ids, CITIES, strict=True)]
    told = [
        {"functionResponse": {"id": i, "name": TOOL, "response": {"output": r}}}
        for i, r in zip(ids, RESULTS, strict=True)
    ]
    contents = [
        {"role": "user", "parts": [{"text": text}]},
        {"role": "model", "parts": calls},
        {"role": "user", "parts": [*reversed(told)]},
    ]
    tool = {"functionDeclarations": [{"name": TOOL, "parametersJsonSchema": SCHEMA}]}
    return {"contents": contents, "tools": [tool], "generationConfig": {"maxOutputTokens": 33, "topK": 5}}


def ollama_body(text: str, ids: tuple[str, ...]) -> dict[str, Any]:
    """No ids here: results stand in the order of their calls."""
    calls = [{"function": {"name": TOOL, "arguments": {"city": city}}} for city in CITIES]
    told = [{"role": "tool", "tool_name": TOOL, "content": result} for result in RESULTS]
    turns = [{"role": "user", "content": text}, {"role": "assistant", "content": "", "tool_calls": calls}, *told]
    tool = {"type": "function", "function": {"name": TOOL, "parameters": SCHEMA}}
    options = {"num_predict": 33, "top_k": 5}
    return {"model": MODEL, "messages": turns, "tools": [tool], "options": options, "stream": False}


ASKS = {
    "openai": ("/v1/chat/completions", openai_body),
    "anthropic": ("/v1/messages", anthropic_body),
    "gemini": (f"/v1beta/models/{MODEL}:generateContent", gemini_body),
    "ollama": ("/api/chat", ollama_body),
}


@pytest.mark.parametrize("dialect", ASKS)
def test_ids_have_nine_characters_and_each_result_its_call(plant: Plant, dialect: str) -> None:
    mark = plant.upstream.mark("chat")
    path, build = ASKS[dialect]

    answer = ask(plant, path, build(mark.text, IDS[dialect]))

    assert answer.status == 200
    came = pairs("mistral", sent(plant, mark))
    assert [(pair.city, pair.result) for pair in came] == list(zip(CITIES, RESULTS, strict=True))
    assert all(NINE.fullmatch(pair.id) for pair in came)


def test_an_id_is_the_same_in_every_turn_and_one_that_fits_stays(plant: Plant) -> None:
    first, second, fitting = (plant.upstream.mark("chat") for _ in range(3))

    for mark, ids in ((first, IDS["openai"]), (second, IDS["openai"]), (fitting, IDS["mistral"])):
        ask(plant, "/v1/chat/completions", openai_body(mark.text, ids))

    one, other, kept = ([pair.id for pair in pairs("mistral", sent(plant, m))] for m in (first, second, fitting))
    assert one == other
    assert len(set(one)) == 2
    assert kept == list(IDS["mistral"])


@pytest.mark.parametrize("dialect", ASKS)
def test_the_limit_is_called_max_tokens(plant: Plant, dialect: str) -> None:
    mark = plant.upstream.mark("chat")
    path, build = ASKS[dialect]

    ask(plant, path, build(mark.text, IDS[dialect]))

    body = sent(plant, mark)
    assert (body["model"], body["max_tokens"]) == (MODELS["mistral"], 33)


def test_openais_own_words_are_mistrals_or_named_as_lost(plant: Plant) -> None:
    mark = plant.upstream.mark("chat")
    turns = [{"role": "developer", "content": "Be kind."}, {"role": "user", "content": mark.text, "name": "ann"}]
    tool = {"type": "function", "function": {"name": TOOL, "parameters": SCHEMA}}
    same = {"temperature": 0.5, "tools": [tool], "parallel_tool_calls": False, "stream": True}
    foreign = {"user": "u-1", "store": True, "logit_bias": {"50256": -100}, "verbosity": "low"}
    changed = {"seed": 4, "max_completion_tokens": 33, "tool_choice": "required"}
    asked = {"model": MODEL, "messages": turns, **same, **foreign, **changed, "stream_options": {"include_usage": True}}

    answer = ask(plant, "/v1/chat/completions", asked)

    lost = {word.strip() for word in answer.headers["x-lockgate-lost"].split(",")}
    assert sent(plant, mark) == {
        "model": MODELS["mistral"],
        "messages": [{"role": "system", "content": "Be kind."}, {"role": "user", "content": mark.text}],
        **same,
        "random_seed": 4,
        "max_tokens": 33,
        "tool_choice": "any",
    }
    assert lost == {*foreign, "names of speakers"}
    counted = [line for line in answer.body.splitlines() if b'"usage"' in line]
    assert json.loads(counted[-1].removeprefix(b"data: "))["usage"]["completion_tokens"] == 7


@pytest.mark.parametrize("dialect", [name for name in ASKS if name != "ollama"])
def test_the_next_upstream_gets_the_ids_as_they_were(plant: Plant, dialect: str) -> None:
    """What was changed for Mistral is not what the second one is asked."""
    mark = plant.upstream.mark(".mistral=503", "chat")
    path, build = ASKS[dialect]
    body = build(mark.text, IDS[dialect]) | ({} if dialect == "gemini" else {"model": "fall@mistral@openai"})

    answer = ask(plant, path.replace(MODEL, "fall@mistral@openai"), body)

    assert answer.status == 200
    tried, answered = plant.upstream.received(mark, 2)
    assert all(NINE.fullmatch(pair.id) for pair in pairs("mistral", json.loads(tried.body)))
    assert [pair.id for pair in pairs("openai", json.loads(answered.body))] == list(IDS[dialect])
