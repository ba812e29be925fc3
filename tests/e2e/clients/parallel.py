"""Two calls at once in each official client: read whole or as a stream with the client's own means, and answered.

A reader gives the calls as the client shows them, and the function that sends their results back and gives the text then.
"""

import json
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from google.genai import types

from tests.e2e.clients import CITY, Client
from tests.e2e.clients.anthropic_sdk import Anthropic
from tests.e2e.clients.google_sdk import Google
from tests.e2e.clients.mistral_sdk import Mistral
from tests.e2e.clients.ollama_sdk import Ollama
from tests.e2e.clients.openai_sdk import OpenAI
from tests.e2e.clients.responses_sdk import Responses
from tests.e2e.wires import TOOL


class Call(NamedTuple):
    """As the client shows it; `id` is empty where the client has none."""

    id: str
    name: str
    arguments: Any


class Asked(NamedTuple):
    """`reason` and `counts` (input, output) are how the client says that the answer ended."""

    calls: list[Call]
    reason: Any
    counts: tuple[Any, Any]
    back: Callable[[Sequence[str]], str]


def two(client: Client, model: str, text: str, *, stream: bool) -> Asked:
    return _READERS[type(client)](client, model, text, stream)


def _openai(client: Any, model: str, text: str, stream: bool) -> Asked:
    api = client._sdk.chat.completions
    function = {"name": TOOL, "parameters": {**CITY, "additionalProperties": False}, "strict": True}
    asked: list[Any] = [{"role": "user", "content": text}]
    more: Any = {"model": model, "tools": [{"type": "function", "function": function}]}
    if stream:
        with api.stream(messages=asked, stream_options={"include_usage": True}, **more) as events:
            answer = events.get_final_completion()
    else:
        answer = api.create(messages=asked, **more)
    message = answer.choices[0].message
    calls = [Call(c.id, c.function.name, json.loads(c.function.arguments)) for c in message.tool_calls]
    said = [
        {"id": c.id, "type": "function", "function": c.function.model_dump(include={"name", "arguments"})}
        for c in message.tool_calls
    ]

    def back(results: Sequence[str]) -> str:
        told = [{"role": "tool", "tool_call_id": c.id, "content": r} for c, r in zip(calls, results, strict=True)]
        turn = [*asked, {"role": "assistant", "content": None, "tool_calls": said}, *told]
        return str(api.create(messages=turn, **more).choices[0].message.content)

    counts = (answer.usage.prompt_tokens, answer.usage.completion_tokens)
    return Asked(calls, answer.choices[0].finish_reason, counts, back)


def _responses(client: Any, model: str, text: str, stream: bool) -> Asked:
    api = client._sdk.responses
    tool = {"type": "function", "name": TOOL, "parameters": {**CITY, "additionalProperties": False}, "strict": True}
    asked: list[Any] = [{"role": "user", "content": text}]
    more: Any = {"model": model, "tools": [tool]}
    if stream:
        with api.stream(input=asked, **more) as events:
            answer = events.get_final_response()
    else:
        answer = api.create(input=asked, **more)
    called = [item for item in answer.output if item.type == "function_call"]

    def back(results: Sequence[str]) -> str:
        told = [
            {"type": "function_call_output", "call_id": c.call_id, "output": r}
            for c, r in zip(called, results, strict=True)
        ]
        said = [item.model_dump(exclude_none=True, exclude={"parsed_arguments"}) for item in answer.output]
        return str(api.create(input=[*asked, *said, *told], **more).output_text)

    counts = (answer.usage.input_tokens, answer.usage.output_tokens)
    calls = [Call(item.call_id, item.name, json.loads(item.arguments)) for item in called]
    return Asked(calls, answer.status, counts, back)


def _anthropic(client: Any, model: str, text: str, stream: bool) -> Asked:
    api = client._sdk.messages
    more: Any = {"model": model, "max_tokens": 500, "tools": [{"name": TOOL, "input_schema": CITY}]}
    asked: list[Any] = [{"role": "user", "content": text}]
    if stream:
        with api.stream(messages=asked, **more) as events:
            answer = events.get_final_message()
    else:
        answer = api.create(messages=asked, **more)
    calls = [Call(b.id, b.name, b.input) for b in answer.content if b.type == "tool_use"]

    def back(results: Sequence[str]) -> str:
        told = [{"type": "tool_result", "tool_use_id": c.id, "content": r} for c, r in zip(calls, results, strict=True)]
        turn = [*asked, {"role": "assistant", "content": answer.content}, {"role": "user", "content": told}]
        return "".join(b.text for b in api.create(messages=turn, **more).content if b.type == "text")

    return Asked(calls, answer.stop_reason, (answer.usage.input_tokens, answer.usage.output_tokens), back)


def _google(client: Any, model: str, text: str, stream: bool) -> Asked:
    api = client._sdk.models
    declared = types.FunctionDeclaration(name=TOOL, parameters_json_schema=CITY)
    config = types.GenerateContentConfig(
        tools=[types.Tool(function_declarations=[declared])],
        automatic_function_calling=types.AutomaticFunctionCallingConfig(disable=True),
    )
    more: Any = {"model": model, "config": config}
    asked = types.Content(role="user", parts=[types.Part(text=text)])
    if stream:
        answers = list(api.generate_content_stream(contents=[asked], **more))
    else:
        answers = [api.generate_content(contents=[asked], **more)]
    parts = [p for a in answers for p in (a.candidates[0].content.parts if a.candidates[0].content else None) or ()]
    called = [part for part in parts if part.function_call]
    calls = [Call(p.function_call.id or "", p.function_call.name, p.function_call.args) for p in called]

    def back(results: Sequence[str]) -> str:
        told = [
            types.Part(function_response=types.FunctionResponse(id=c.id, name=c.name, response={"output": r}))
            for c, r in zip(calls, results, strict=True)
        ]
        turn = [asked, types.Content(role="model", parts=called), types.Content(role="user", parts=told)]
        return str(api.generate_content(contents=turn, **more).text)

    counted = answers[-1].usage_metadata
    reason = answers[-1].candidates[0].finish_reason
    return Asked(calls, reason, (counted.prompt_token_count, counted.candidates_token_count), back)


def _mistral(client: Any, model: str, text: str, stream: bool) -> Asked:
    api = client._sdk.chat
    more: Any = {"model": model, "tools": [{"type": "function", "function": {"name": TOOL, "parameters": CITY}}]}
    asked: list[Any] = [{"role": "user", "content": text}]
    usage: Any
    if stream:
        usage, reason, said = _mistral_stream(api, asked, more)
    else:
        answer = api.complete(messages=asked, **more)
        usage, reason = answer.usage, answer.choices[0].finish_reason
        said = [(c.id, c.function.name, c.function.arguments) for c in answer.choices[0].message.tool_calls]
    calls = [Call(id_, name, json.loads(given)) for id_, name, given in said]

    def back(results: Sequence[str]) -> str:
        turn = [{"id": i, "type": "function", "function": {"name": n, "arguments": a}} for i, n, a in said]
        told = [{"role": "tool", "tool_call_id": c.id, "content": r} for c, r in zip(calls, results, strict=True)]
        messages = [*asked, {"role": "assistant", "content": "", "tool_calls": turn}, *told]
        return str(api.complete(messages=messages, **more).choices[0].message.content)

    counts = (usage.prompt_tokens, usage.completion_tokens) if usage else (None, None)
    return Asked(calls, reason, counts, back)


def _mistral_stream(api: Any, asked: Any, more: Any) -> tuple[Any, Any, list[tuple[str, str, str]]]:
    """This client leaves it to its user to put the pieces together, by index."""
    usage = reason = None
    said: dict[int, list[str]] = {}
    with api.stream(messages=asked, **more) as events:
        for event in events:
            usage = event.data.usage or usage
            for choice in event.data.choices:
                reason = choice.finish_reason or reason
                for call in choice.delta.tool_calls or ():
                    one = said.setdefault(call.index, ["", "", ""])
                    known = call.id if call.id and call.id != "null" else ""  # the client's own word for none
                    one[0], one[1] = one[0] or known, one[1] or call.function.name
                    one[2] += call.function.arguments
    return usage, reason, [(i, n, a) for i, n, a in said.values()]


def _ollama(client: Any, model: str, text: str, stream: bool) -> Asked:
    tools = [{"type": "function", "function": {"name": TOOL, "description": "", "parameters": CITY}}]
    more: Any = {"model": model, "tools": tools}
    asked: list[Any] = [{"role": "user", "content": text}]
    came = client._sdk.chat(messages=asked, stream=stream, **more)
    lines = list(came) if stream else [came]
    said = [call for line in lines for call in line.message.tool_calls or ()]
    calls = [Call("", call.function.name, dict(call.function.arguments)) for call in said]

    def back(results: Sequence[str]) -> str:
        told = [{"role": "tool", "tool_name": TOOL, "content": result} for result in results]
        turn = [*asked, {"role": "assistant", "content": "", "tool_calls": said}, *told]
        return str(client._sdk.chat(messages=turn, **more).message.content)

    return Asked(calls, lines[-1].done_reason, (lines[-1].prompt_eval_count, lines[-1].eval_count), back)


_READERS: dict[type, Callable[[Any, str, str, bool], Asked]] = {
    OpenAI: _openai,
    Responses: _responses,
    Anthropic: _anthropic,
    Google: _google,
    Mistral: _mistral,
    Ollama: _ollama,
}
