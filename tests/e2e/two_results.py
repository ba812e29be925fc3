"""A conversation with two calls and their results, in each dialect that clients speak: the next request of a client.

The results stand in the other order than their calls, where ids say which belongs to which.
"""

import json
from collections.abc import Callable
from typing import Any

from tests.e2e.plant import Plant
from tests.e2e.process import Told, request
from tests.e2e.two_calls import CITIES, IDS, RESULTS
from tests.e2e.wires import TOOL

SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}}
LIMIT = 33
"""Tokens that the answer may have."""


def _openai(model: str, text: str, ids: tuple[str, ...]) -> dict[str, Any]:
    calls = [
        {"id": id_, "type": "function", "function": {"name": TOOL, "arguments": json.dumps({"city": city})}}
        for id_, city in zip(ids, CITIES, strict=True)
    ]
    told = [{"role": "tool", "tool_call_id": i, "content": r} for i, r in zip(ids, RESULTS, strict=True)]
    asked = {"role": "user", "content": text}
    tool = {"type": "function", "function": {"name": TOOL, "parameters": SCHEMA}}
    turns = [asked, {"role": "assistant", "content": None, "tool_calls": calls}, *reversed(told)]
    return {"model": model, "messages": turns, "tools": [tool], "max_completion_tokens": LIMIT}


def _anthropic(model: str, text: str, ids: tuple[str, ...]) -> dict[str, Any]:
    uses = [{"type": "tool_use", "id": i, "name": TOOL, "input": {"city": c}} for i, c in zip(ids, CITIES, strict=True)]
    told = [{"type": "tool_result", "tool_use_id": i, "content": r} for i, r in zip(ids, RESULTS, strict=True)]
    turns = [
        {"role": "user", "content": text},
        {"role": "assistant", "content": uses},
        {"role": "user", "content": [*reversed(told)]},
    ]
    tool = {"name": TOOL, "input_schema": SCHEMA}
    return {"model": model, "messages": turns, "tools": [tool], "max_tokens": LIMIT, "top_k": 5, "metadata": {}}


def _gemini(model: str, text: str, ids: tuple[str, ...]) -> dict[str, Any]:
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
    return {"contents": contents, "tools": [tool], "generationConfig": {"maxOutputTokens": LIMIT, "topK": 5}}


def _ollama(model: str, text: str, ids: tuple[str, ...]) -> dict[str, Any]:
    """No ids here: results stand in the order of their calls."""
    calls = [{"function": {"name": TOOL, "arguments": {"city": city}}} for city in CITIES]
    told = [{"role": "tool", "tool_name": TOOL, "content": result} for result in RESULTS]
    turns = [{"role": "user", "content": text}, {"role": "assistant", "content": "", "tool_calls": calls}, *told]
    tool = {"type": "function", "function": {"name": TOOL, "parameters": SCHEMA}}
    options = {"num_predict": LIMIT, "top_k": 5}
    return {"model": model, "messages": turns, "tools": [tool], "options": options, "stream": False}


_BUILD: dict[str, tuple[str, Callable[[str, str, tuple[str, ...]], dict[str, Any]]]] = {
    "openai": ("/v1/chat/completions", _openai),
    "anthropic": ("/v1/messages", _anthropic),
    "gemini": ("/v1beta/models/{model}:generateContent", _gemini),
    "ollama": ("/api/chat", _ollama),
}
DIALECTS = tuple(_BUILD)


def ask(plant: Plant, dialect: str, model: str, text: str, ids: tuple[str, ...] = ()) -> Told:
    """The conversation in this dialect, with ids as its own service gives them if there are no others."""
    path, build = _BUILD[dialect]
    body = build(model, text, ids or IDS[dialect])
    return request(plant.gateway.url, "POST", path.format(model=model), body, {"x-api-key": plant.gateway.key})
