"""What Mistral gets from clients of every dialect: ids of nine characters, its own names, and no field that it does not know.

Which fields those are is read from Mistral's own client, an independent witness of what its API takes.
"""

import json
import re
from typing import Any

import pytest
from mistralai.client import models

from tests.e2e.plant import MODELS, Plant
from tests.e2e.process import request
from tests.e2e.two_calls import CITIES, IDS, RESULTS, pairs
from tests.e2e.two_results import DIALECTS, LIMIT, SCHEMA, ask
from tests.e2e.wires import TOOL

MODEL = "best@mistral"
ROLES: dict[str, Any] = {
    "system": models.SystemMessage,
    "user": models.UserMessage,
    "assistant": models.AssistantMessage,
    "tool": models.ToolMessage,
}
NINE = re.compile("[a-zA-Z0-9]{9}")


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


@pytest.mark.parametrize("dialect", DIALECTS)
def test_ids_have_nine_characters_and_each_result_its_call(plant: Plant, dialect: str) -> None:
    mark = plant.upstream.mark("chat")

    answer = ask(plant, dialect, MODEL, mark.text)

    assert answer.status == 200
    came = pairs("mistral", sent(plant, mark))
    assert [(pair.city, pair.result) for pair in came] == list(zip(CITIES, RESULTS, strict=True))
    assert all(NINE.fullmatch(pair.id) for pair in came)


def test_an_id_is_the_same_in_every_turn_and_one_that_fits_stays(plant: Plant) -> None:
    first, second, fitting = (plant.upstream.mark("chat") for _ in range(3))

    for mark, ids in ((first, IDS["openai"]), (second, IDS["openai"]), (fitting, IDS["mistral"])):
        ask(plant, "openai", MODEL, mark.text, ids)

    one, other, kept = ([pair.id for pair in pairs("mistral", sent(plant, m))] for m in (first, second, fitting))
    assert one == other
    assert len(set(one)) == 2
    assert kept == list(IDS["mistral"])


@pytest.mark.parametrize("dialect", DIALECTS)
def test_the_limit_is_called_max_tokens(plant: Plant, dialect: str) -> None:
    mark = plant.upstream.mark("chat")

    ask(plant, dialect, MODEL, mark.text)

    body = sent(plant, mark)
    assert (body["model"], body["max_tokens"]) == (MODELS["mistral"], LIMIT)


def test_openais_own_words_are_mistrals_or_named_as_lost(plant: Plant) -> None:
    mark = plant.upstream.mark("chat")
    turns = [{"role": "developer", "content": "Be kind."}, {"role": "user", "content": mark.text, "name": "ann"}]
    tool = {"type": "function", "function": {"name": TOOL, "parameters": SCHEMA}}
    same = {"temperature": 0.5, "tools": [tool], "parallel_tool_calls": False, "stream": True}
    foreign = {"user": "u-1", "store": True, "logit_bias": {"50256": -100}, "verbosity": "low"}
    changed = {"seed": 4, "max_completion_tokens": 33, "tool_choice": "required"}
    asked = {"model": MODEL, "messages": turns, **same, **foreign, **changed, "stream_options": {"include_usage": True}}

    key = {"x-api-key": plant.gateway.key}
    answer = request(plant.gateway.url, "POST", "/v1/chat/completions", asked, key)

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


@pytest.mark.parametrize("dialect", [name for name in DIALECTS if name != "ollama"])
def test_the_next_upstream_gets_the_ids_as_they_were(plant: Plant, dialect: str) -> None:
    """What was changed for Mistral is not what the second one is asked."""
    mark = plant.upstream.mark(".mistral=503", "chat")

    answer = ask(plant, dialect, "fall@mistral@openai", mark.text)

    assert answer.status == 200
    tried, answered = plant.upstream.received(mark, 2)
    assert all(NINE.fullmatch(pair.id) for pair in pairs("mistral", json.loads(tried.body)))
    assert [pair.id for pair in pairs("openai", json.loads(answered.body))] == list(IDS[dialect])
