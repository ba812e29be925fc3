"""OpenAI Chat Completions, as platform.openai.com/docs/api-reference/chat shows it; `reasoning_content` as DeepSeek does."""

from typing import Any

import msgspec

from lockgate.core.body import Tree
from lockgate.providers.demo.script import BROKEN, Plan, words
from lockgate.providers.demo.speaker import Speaker, Turn
from lockgate.providers.demo.wanted import (
    Offer,
    Parts,
    Prompt,
    Wanted,
    count,
    heard,
    items,
    mapping,
    offer,
    switch,
    word,
    wrong,
)

_encode = msgspec.json.Encoder().encode
_FINISH = {"stop": "stop", "length": "length", "tool_use": "tool_calls"}
_ROLES = frozenset(("system", "developer", "user", "assistant", "tool"))
_TYPES = {
    400: ("invalid_request_error", "invalid_request"),
    401: ("invalid_request_error", "invalid_api_key"),
    403: ("permission_error", None),
    404: ("invalid_request_error", "model_not_found"),
    429: ("rate_limit_error", "rate_limit_exceeded"),
}


def read(body: Tree, turn: Turn) -> Wanted:
    prompt = Prompt()
    messages = items(body.get("messages"), "messages")
    if not messages:
        raise wrong("messages", "must not be empty")
    for i, message in enumerate(messages):
        _message(prompt, mapping(message, f"messages[{i}]"), f"messages[{i}]")
    tools = prompt.offered(_tools(body))
    choice = body.get("tool_choice")
    named = mapping(mapping(choice, "tool_choice").get("function"), "tool_choice") if isinstance(choice, dict) else {}
    return Wanted(
        model=turn.model,
        stream=turn.stream,
        text=prompt.text,
        tools=tools,
        forced=word(named.get("name"), "tool_choice.function.name"),
        silent=choice == "none",
        parallel=body.get("parallel_tool_calls") if isinstance(body.get("parallel_tool_calls"), bool) else None,
        results=tuple(prompt.results),
        pictures=tuple(prompt.pictures),
        schema=_schema(mapping(body.get("response_format"), "response_format")),
        max_tokens=count(body.get("max_completion_tokens", body.get("max_tokens")), "max_completion_tokens"),
        characters=prompt.characters,
    )


def include_usage(body: Tree) -> bool:
    options = mapping(body.get("stream_options"), "stream_options")
    return switch(options.get("include_usage"), "stream_options.include_usage")


def _message(prompt: Prompt, message: Tree, where: str) -> None:
    role = word(message.get("role"), f"{where}.role")
    if role not in _ROLES:
        raise wrong(f"{where}.role", f"must be one of {', '.join(sorted(_ROLES))}")
    texts = heard(prompt, message.get("content"), f"{where}.content", _PARTS)
    if role == "user":
        prompt.user(texts)
    elif role == "tool":
        prompt.answered(word(message.get("tool_call_id"), f"{where}.tool_call_id"), "\n".join(texts), where)
    elif role == "assistant":
        prompt.assistant()
        for i, call in enumerate(items(message.get("tool_calls"), f"{where}.tool_calls")):
            place = f"{where}.tool_calls[{i}]"
            call = mapping(call, place)
            function = mapping(call.get("function"), f"{place}.function")
            prompt.heard(word(function.get("arguments"), f"{place}.function.arguments"))
            prompt.called(
                word(call.get("id"), f"{place}.id"), word(function.get("name"), f"{place}.function.name"), place
            )


def _url(picture: Any, where: str) -> str:
    return word(mapping(picture, where).get("url"), f"{where}.url")


_PARTS = Parts(("text",), "image_url", _url)


def _tools(body: Tree) -> tuple[Offer, ...]:
    tools = []
    for i, tool in enumerate(items(body.get("tools"), "tools")):
        function = mapping(mapping(tool, f"tools[{i}]").get("function"), f"tools[{i}].function")
        tools.append(
            offer(word(function.get("name"), f"tools[{i}].function.name"), function.get("parameters"), f"tools[{i}]")
        )
    return tuple(tools)


def _schema(form: Tree) -> Tree | None:
    if form.get("type") == "json_schema":
        return mapping(
            mapping(form.get("json_schema"), "response_format.json_schema").get("schema"),
            "response_format.json_schema.schema",
        )
    return {} if form.get("type") == "json_object" else None


def whole(plan: Plan, turn: Turn) -> bytes:
    message: Tree = {"role": "assistant", "content": plan.text or None, "refusal": None, "annotations": []}
    if plan.thought:
        message["reasoning_content"] = plan.thought
    if plan.calls:
        message["tool_calls"] = [_call(plan, turn, i) for i in range(len(plan.calls))]
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": _FINISH[plan.finish]}
    return _encode({**_envelope(turn, "chat.completion"), "choices": [choice], "usage": _usage(plan)})


def stream(plan: Plan, turn: Turn) -> list[bytes]:
    deltas: list[Tree] = [{"role": "assistant", "content": None if plan.calls else "", "refusal": None}]
    deltas += [{"reasoning_content": piece} for piece in words(plan.thought)]
    deltas += [{"content": piece} for piece in words(plan.text)]
    for i, call in enumerate(plan.calls):
        begun = _call(plan, turn, i)
        begun["function"]["arguments"] = ""
        deltas.append({"tool_calls": [{"index": i, **begun}]})
        half = len(call.arguments) // 2
        for piece in (call.arguments[:half], call.arguments[half:]):
            deltas.append({"tool_calls": [{"index": i, "function": {"arguments": piece}}]})
    events = [_chunk(turn, delta, None) for delta in deltas]
    events.append(_chunk(turn, {}, _FINISH[plan.finish]))
    if turn.usage:
        events.append({**_envelope(turn, "chat.completion.chunk"), "choices": [], "usage": _usage(plan)})
    return [*(_event(event) for event in events), b"data: [DONE]\n\n"]


def _chunk(turn: Turn, delta: Tree, finish: str | None) -> Tree:
    chunk: Tree = _envelope(turn, "chat.completion.chunk")
    chunk["choices"] = [{"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}]
    if turn.usage:
        chunk["usage"] = None
    return chunk


def _envelope(turn: Turn, kind: str) -> Tree:
    return {
        "id": f"chatcmpl-demo{turn.number}",
        "object": kind,
        "created": turn.created,
        "model": turn.model,
        "service_tier": "default",
        "system_fingerprint": "fp_demo",
    }


def _call(plan: Plan, turn: Turn, i: int) -> Tree:
    call = plan.calls[i]
    return {
        "id": f"call_demo{turn.number}x{i}",
        "type": "function",
        "function": {"name": call.name, "arguments": call.arguments},
    }


def _usage(plan: Plan) -> Tree:
    return {
        "prompt_tokens": plan.input,
        "completion_tokens": plan.output,
        "total_tokens": plan.input + plan.output,
        "prompt_tokens_details": {"cached_tokens": 0, "audio_tokens": 0},
        "completion_tokens_details": {"reasoning_tokens": plan.reasoning, "audio_tokens": 0},
    }


def _event(tree: Tree) -> bytes:
    return b"data: " + _encode(tree) + b"\n\n"


def _error(status: int, message: str) -> Tree:
    kind, code = _TYPES.get(status, ("server_error" if status >= 500 else "invalid_request_error", None))
    return {"error": {"message": message, "type": kind, "param": None, "code": code}}


speaker = Speaker(
    read=read,
    whole=whole,
    stream=stream,
    stream_type=lambda turn: b"text/event-stream; charset=utf-8",
    failure=lambda status, message, turn: _encode(_error(status, message)),
    broken=lambda turn: _event(_error(500, BROKEN)),
    request_id=b"x-request-id",
)
