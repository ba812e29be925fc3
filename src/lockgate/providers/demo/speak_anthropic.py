"""Anthropic Messages, as docs.anthropic.com/en/api/messages and /streaming show it."""

from typing import Any

import msgspec

from lockgate.core.body import Tree
from lockgate.providers.demo.script import BROKEN, Plan, words
from lockgate.providers.demo.speaker import Speaker, Turn
from lockgate.providers.demo.wanted import (
    Offer,
    Picture,
    Prompt,
    Wanted,
    count,
    decoded_size,
    items,
    mapping,
    offer,
    word,
    wrong,
)

_encode = msgspec.json.Encoder().encode
_FINISH = {"stop": "end_turn", "length": "max_tokens", "tool_use": "tool_use"}
_SIGNATURE = "ZGVtbyBzaWduYXR1cmU="
_TYPES = {
    401: "authentication_error",
    402: "billing_error",
    403: "permission_error",
    404: "not_found_error",
    413: "request_too_large",
    429: "rate_limit_error",
    504: "timeout_error",
    529: "overloaded_error",
}


def read(body: Tree, turn: Turn) -> Wanted:
    most = count(body.get("max_tokens"), "max_tokens")
    if most is None:
        raise wrong("max_tokens", "Field required")
    return asked(body, turn, most)


def asked(body: Tree, turn: Turn, most: int | None = None) -> Wanted:
    """A request whose tokens are to be counted has no `max_tokens`."""
    prompt = Prompt()
    _texts(prompt, body.get("system"), "system")
    messages = items(body.get("messages"), "messages")
    if not messages:
        raise wrong("messages", "at least one message is required")
    for i, message in enumerate(messages):
        _message(prompt, mapping(message, f"messages.{i}"), f"messages.{i}")
    choice = mapping(body.get("tool_choice"), "tool_choice")
    single = choice.get("disable_parallel_tool_use")
    return Wanted(
        model=turn.model,
        stream=turn.stream,
        text=prompt.text,
        tools=prompt.offered(_tools(body)),
        forced=word(choice.get("name"), "tool_choice.name"),
        silent=choice.get("type") == "none",
        parallel=not single if isinstance(single, bool) else None,
        results=tuple(prompt.results),
        pictures=tuple(prompt.pictures),
        schema=_schema(body),
        max_tokens=most,
        characters=prompt.characters,
    )


def counted(wanted_tokens: int) -> bytes:
    return _encode({"input_tokens": wanted_tokens})


def _message(prompt: Prompt, message: Tree, where: str) -> None:
    role = message.get("role")
    if role not in ("user", "assistant", "system"):
        raise wrong(f"{where}.role", "Input should be 'user' or 'assistant'")
    if role == "assistant":
        prompt.assistant()
    earlier = len(prompt.results)
    texts = _texts(prompt, message.get("content"), f"{where}.content")
    if role == "user":
        fresh = prompt.results[earlier:]
        prompt.user(texts)
        prompt.results.extend(fresh)


def _texts(prompt: Prompt, content: Any, where: str) -> list[str]:
    if content is None or isinstance(content, str):
        return [prompt.heard(content or "")]
    texts = []
    for i, block in enumerate(items(content, where)):
        place = f"{where}.{i}"
        block = mapping(block, place)
        match block.get("type"):
            case "text":
                texts.append(prompt.heard(word(block.get("text"), f"{place}.text")))
            case "image":
                prompt.pictures.append(_picture(mapping(block.get("source"), f"{place}.source"), place))
            case "tool_use":
                prompt.heard(_encode(mapping(block.get("input"), f"{place}.input")).decode())
                prompt.called(word(block.get("id"), f"{place}.id"), word(block.get("name"), f"{place}.name"), place)
            case "tool_result":
                said = "\n".join(_texts(prompt, block.get("content"), f"{place}.content"))
                prompt.answered(word(block.get("tool_use_id"), f"{place}.tool_use_id"), said, place)
    return texts


def _picture(source: Tree, where: str) -> Picture:
    if source.get("type") == "base64":
        data = word(source.get("data"), f"{where}.source.data")
        return Picture(word(source.get("media_type"), f"{where}.source.media_type"), decoded_size(data))
    return Picture("", url=word(source.get("url"), f"{where}.source.url") or "a file")


def _tools(body: Tree) -> tuple[Offer, ...]:
    tools = []
    for i, tool in enumerate(items(body.get("tools"), "tools")):
        tool = mapping(tool, f"tools.{i}")
        if tool.get("type", "custom") in (None, "custom"):
            tools.append(offer(word(tool.get("name"), f"tools.{i}.name"), tool.get("input_schema"), f"tools.{i}"))
    return tuple(tools)


def _schema(body: Tree) -> Tree | None:
    form = mapping(mapping(body.get("output_config"), "output_config").get("format"), "output_config.format")
    form = form or mapping(body.get("output_format"), "output_format")
    return mapping(form.get("schema"), "output_config.format.schema") if form.get("type") == "json_schema" else None


def whole(plan: Plan, turn: Turn) -> bytes:
    blocks: list[Tree] = []
    if plan.thought:
        blocks.append({"type": "thinking", "thinking": plan.thought, "signature": _SIGNATURE})
    if plan.text:
        blocks.append({"type": "text", "text": plan.text})
    for i, call in enumerate(plan.calls):
        blocks.append({**_call(turn, i, call.name), "input": msgspec.Raw(call.arguments.encode())})
    stopped = {"stop_reason": _FINISH[plan.finish], "stop_sequence": None}
    return _encode({**_message_head(turn, blocks), **stopped, "usage": _usage(plan.input, plan.output)})


def stream(plan: Plan, turn: Turn) -> list[bytes]:
    head = {**_message_head(turn, []), "stop_reason": None, "stop_sequence": None, "usage": _usage(plan.input, 1)}
    events = [_event("message_start", {"message": head})]
    for index, (block, deltas) in enumerate(_blocks(plan, turn)):
        events.append(_event("content_block_start", {"index": index, "content_block": block}))
        if index == 0:
            events.append(_event("ping", {}))
        events += [_event("content_block_delta", {"index": index, "delta": delta}) for delta in deltas]
        events.append(_event("content_block_stop", {"index": index}))
    delta = {"stop_reason": _FINISH[plan.finish], "stop_sequence": None}
    events.append(_event("message_delta", {"delta": delta, "usage": {"output_tokens": plan.output}}))
    return [*events, _event("message_stop", {})]


def _blocks(plan: Plan, turn: Turn) -> list[tuple[Tree, list[Tree]]]:
    blocks: list[tuple[Tree, list[Tree]]] = []
    if plan.thought:
        deltas: list[Tree] = [{"type": "thinking_delta", "thinking": piece} for piece in words(plan.thought)]
        deltas.append({"type": "signature_delta", "signature": _SIGNATURE})
        blocks.append(({"type": "thinking", "thinking": "", "signature": ""}, deltas))
    if plan.text:
        deltas = [{"type": "text_delta", "text": piece} for piece in words(plan.text)]
        blocks.append(({"type": "text", "text": ""}, deltas))
    for i, call in enumerate(plan.calls):
        half = len(call.arguments) // 2
        pieces = ("", call.arguments[:half], call.arguments[half:])
        deltas = [{"type": "input_json_delta", "partial_json": piece} for piece in pieces]
        blocks.append(({**_call(turn, i, call.name), "input": {}}, deltas))
    return blocks


def _message_head(turn: Turn, blocks: list[Tree]) -> Tree:
    return {
        "id": f"msg_demo{turn.number}",
        "type": "message",
        "role": "assistant",
        "model": turn.model,
        "content": blocks,
    }


def _call(turn: Turn, i: int, name: str) -> Tree:
    return {"type": "tool_use", "id": f"toolu_demo{turn.number}x{i}", "name": name}


def _usage(read: int, written: int) -> Tree:
    return {
        "input_tokens": read,
        "cache_creation_input_tokens": 0,
        "cache_read_input_tokens": 0,
        "output_tokens": written,
        "service_tier": "standard",
    }


def _event(kind: str, fields: Tree) -> bytes:
    return b"event: " + kind.encode() + b"\ndata: " + _encode({"type": kind, **fields}) + b"\n\n"


def _failure(status: int, message: str, turn: Turn) -> bytes:
    kind = _TYPES.get(status, "api_error" if status >= 500 else "invalid_request_error")
    error = {"type": kind, "message": message}
    return _encode({"type": "error", "error": error, "request_id": f"req_demo{turn.number}"})


speaker = Speaker(
    read=read,
    whole=whole,
    stream=stream,
    stream_type=lambda turn: b"text/event-stream; charset=utf-8",
    failure=_failure,
    broken=lambda turn: _event("error", {"error": {"type": "overloaded_error", "message": BROKEN}}),
    request_id=b"request-id",
)
