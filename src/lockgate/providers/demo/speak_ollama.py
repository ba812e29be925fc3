"""Ollama chat, as docs.ollama.com/api/chat shows it: a stream is a JSON document per line."""

from datetime import UTC, datetime
from typing import Any

import msgspec

from lockgate.core.body import Tree
from lockgate.providers.demo.script import BROKEN, Plan, words
from lockgate.providers.demo.speaker import Speaker, Turn
from lockgate.providers.demo.wanted import (
    Offer,
    Picture,
    Prompt,
    Result,
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
_ROLES = frozenset(("system", "user", "assistant", "tool"))
_TOKEN = 20_000_000


def read(body: Tree, turn: Turn) -> Wanted:
    prompt = Prompt()
    for i, message in enumerate(items(body.get("messages"), "messages")):
        _message(prompt, mapping(message, f"messages[{i}]"), f"messages[{i}]")
    options = mapping(body.get("options"), "options")
    most = options.get("num_predict")
    return Wanted(
        model=turn.model,
        stream=turn.stream,
        text=prompt.text,
        tools=prompt.offered(_tools(body)),
        results=tuple(prompt.results),
        pictures=tuple(prompt.pictures),
        schema=_schema(body.get("format")),
        # -1 and -2 mean without end, and until the context is full.
        max_tokens=None if most in (-1, -2) else count(most, "options.num_predict"),
        characters=prompt.characters,
    )


def _message(prompt: Prompt, message: Tree, where: str) -> None:
    role = word(message.get("role"), f"{where}.role")
    if role not in _ROLES:
        raise wrong(f"{where}.role", f"must be one of {sorted(_ROLES)}")
    text = prompt.heard(word(message.get("content"), f"{where}.content"))
    for i, data in enumerate(items(message.get("images"), f"{where}.images")):
        prompt.pictures.append(Picture("image", decoded_size(word(data, f"{where}.images[{i}]"))))
    if role == "user":
        prompt.user([text])
    elif role == "tool":
        # Results are told apart by the tool's name, and by the order of the calls.
        prompt.results.append(Result(word(message.get("tool_name"), f"{where}.tool_name"), text))
    elif role == "assistant":
        prompt.assistant()
        for i, call in enumerate(items(message.get("tool_calls"), f"{where}.tool_calls")):
            place = f"{where}.tool_calls[{i}].function"
            function = mapping(mapping(call, place).get("function"), place)
            prompt.heard(_encode(mapping(function.get("arguments"), f"{place}.arguments")).decode())


def _tools(body: Tree) -> tuple[Offer, ...]:
    tools = []
    for i, tool in enumerate(items(body.get("tools"), "tools")):
        function = mapping(mapping(tool, f"tools[{i}]").get("function"), f"tools[{i}].function")
        name = word(function.get("name"), f"tools[{i}].function.name")
        tools.append(offer(name, function.get("parameters"), f"tools[{i}]"))
    return tuple(tools)


def _schema(form: Any) -> Tree | None:
    if form in (None, ""):
        return None
    return {} if form == "json" else mapping(form, "format")


def whole(plan: Plan, turn: Turn) -> bytes:
    message: Tree = {"role": "assistant", "content": plan.text}
    if plan.thought:
        message["thinking"] = plan.thought
    if plan.calls:
        message["tool_calls"] = _calls(plan, turn)
    return _encode({**_head(turn, message), **_end(plan)})


def stream(plan: Plan, turn: Turn) -> list[bytes]:
    messages: list[Tree] = [{"content": "", "thinking": piece} for piece in words(plan.thought)]
    messages += [{"content": piece} for piece in words(plan.text)]
    messages += [{"content": "", "tool_calls": [call]} for call in _calls(plan, turn)]
    lines = [{**_head(turn, {"role": "assistant", **message}), "done": False} for message in messages]
    lines.append({**_head(turn, {"role": "assistant", "content": ""}), **_end(plan)})
    return [_line(line) for line in lines]


def _head(turn: Turn, message: Tree) -> Tree:
    created = datetime.fromtimestamp(turn.created, UTC).strftime("%Y-%m-%dT%H:%M:%S.000000Z")
    return {"model": turn.model, "created_at": created, "message": message}


def _end(plan: Plan) -> Tree:
    """Times are in nanoseconds, and as invented as the rest."""
    return {
        "done": True,
        "done_reason": "length" if plan.finish == "length" else "stop",
        "total_duration": (plan.input + plan.output) * _TOKEN,
        "load_duration": _TOKEN,
        "prompt_eval_count": plan.input,
        "prompt_eval_duration": plan.input * _TOKEN,
        "eval_count": plan.output,
        "eval_duration": plan.output * _TOKEN,
    }


def _calls(plan: Plan, turn: Turn) -> list[Tree]:
    return [
        {
            "id": f"call_demo{turn.number}x{i}",
            "function": {"index": i, "name": call.name, "arguments": msgspec.Raw(call.arguments.encode())},
        }
        for i, call in enumerate(plan.calls)
    ]


def _line(tree: Tree) -> bytes:
    return _encode(tree) + b"\n"


speaker = Speaker(
    read=read,
    whole=whole,
    stream=stream,
    stream_type=lambda turn: b"application/x-ndjson",
    failure=lambda status, message, turn: _encode({"error": message}),
    broken=lambda turn: _line({"error": BROKEN}),
    request_id=b"x-request-id",
)
