"""OpenAI Responses, as platform.openai.com/docs/api-reference/responses shows it. Nothing is held: every id of before is unknown."""

from collections.abc import Iterator
from itertools import count as numbers

import msgspec

from lockgate.core.body import Tree
from lockgate.providers.demo import speak_openai
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
    word,
    wrong,
)

_encode = msgspec.json.Encoder().encode
_ROLES = frozenset(("system", "developer", "user", "assistant"))
_PARTS = Parts(("input_text", "output_text"), "input_image", word)
_LENGTH = "max_output_tokens"


def read(body: Tree, turn: Turn) -> Wanted:
    if previous := word(body.get("previous_response_id"), "previous_response_id"):
        raise wrong("previous_response_id", f"Previous response with id {previous[:100]!r} not found.")
    prompt = Prompt()
    prompt.heard(word(body.get("instructions"), "instructions"))
    said = body.get("input")
    if isinstance(said, str):
        prompt.user([prompt.heard(said)])
    elif not items(said, "input"):
        raise wrong("input", "must not be empty")
    else:
        for i, item in enumerate(items(said, "input")):
            _item(prompt, mapping(item, f"input[{i}]"), f"input[{i}]")
    tools = prompt.offered(_tools(body))
    choice = body.get("tool_choice")
    return Wanted(
        model=turn.model,
        stream=turn.stream,
        text=prompt.text,
        tools=tools,
        forced=word(choice.get("name"), "tool_choice.name") if isinstance(choice, dict) else "",
        silent=choice == "none",
        parallel=body.get("parallel_tool_calls") if isinstance(body.get("parallel_tool_calls"), bool) else None,
        results=tuple(prompt.results),
        pictures=tuple(prompt.pictures),
        schema=_schema(mapping(mapping(body.get("text"), "text").get("format"), "text.format")),
        max_tokens=count(body.get(_LENGTH), _LENGTH),
        characters=prompt.characters,
    )


def _item(prompt: Prompt, item: Tree, where: str) -> None:
    kind = word(item.get("type"), f"{where}.type") or "message"
    if kind == "function_call":
        prompt.assistant()
        prompt.heard(word(item.get("arguments"), f"{where}.arguments"))
        prompt.called(word(item.get("call_id"), f"{where}.call_id"), word(item.get("name"), f"{where}.name"), where)
    elif kind == "function_call_output":
        texts = heard(prompt, item.get("output"), f"{where}.output", _PARTS)
        prompt.answered(word(item.get("call_id"), f"{where}.call_id"), "\n".join(texts), where)
    elif kind == "message":
        role = word(item.get("role"), f"{where}.role")
        if role not in _ROLES:
            raise wrong(f"{where}.role", f"must be one of {', '.join(sorted(_ROLES))}")
        texts = heard(prompt, item.get("content"), f"{where}.content", _PARTS)
        if role == "user":
            prompt.user(texts)
        elif role == "assistant":
            prompt.assistant()
    elif kind == "item_reference":
        raise wrong(where, f"Item with id {word(item.get('id'), f'{where}.id')[:100]!r} not found.")


def _tools(body: Tree) -> tuple[Offer, ...]:
    found = []
    for i, tool in enumerate(items(body.get("tools"), "tools")):
        tool = mapping(tool, f"tools[{i}]")
        if tool.get("type") == "function":
            found.append(offer(word(tool.get("name"), f"tools[{i}].name"), tool.get("parameters"), f"tools[{i}]"))
    return tuple(found)


def _schema(form: Tree) -> Tree | None:
    if form.get("type") == "json_schema":
        return mapping(form.get("schema"), "text.format.schema")
    return {} if form.get("type") == "json_object" else None


def whole(plan: Plan, turn: Turn) -> bytes:
    return _encode(_response(plan, turn, "incomplete" if plan.finish == "length" else "completed", _output(plan, turn)))


def stream(plan: Plan, turn: Turn) -> list[bytes]:
    number = numbers()
    return [_event({**event, "sequence_number": next(number)}) for event in _events(plan, turn)]


def _events(plan: Plan, turn: Turn) -> Iterator[Tree]:
    begun = _response(plan, turn, "in_progress", [])
    yield {"type": "response.created", "response": begun}
    yield {"type": "response.in_progress", "response": begun}
    output = _output(plan, turn)
    for at, item in enumerate(output):
        place = {"item_id": item["id"], "output_index": at}
        hollow = {**item, "status": "in_progress", **({"arguments": ""} if "arguments" in item else {})}
        hollow |= {key: [] for key in ("content", "summary") if key in item}
        yield {"type": "response.output_item.added", "output_index": at, "item": hollow}
        yield from _INSIDE[item["type"]](item, place)
        yield {"type": "response.output_item.done", "output_index": at, "item": item}
    status = "incomplete" if plan.finish == "length" else "completed"
    yield {"type": f"response.{status}", "response": _response(plan, turn, status, output)}


def _message(item: Tree, place: Tree) -> Iterator[Tree]:
    part, inside = item["content"][0], {**place, "content_index": 0}
    yield {"type": "response.content_part.added", **inside, "part": {**part, "text": ""}}
    for piece in words(part["text"]):
        yield {"type": "response.output_text.delta", **inside, "delta": piece, "logprobs": []}
    yield {"type": "response.output_text.done", **inside, "text": part["text"], "logprobs": []}
    yield {"type": "response.content_part.done", **inside, "part": part}


def _thought(item: Tree, place: Tree) -> Iterator[Tree]:
    part, inside = item["summary"][0], {**place, "summary_index": 0}
    yield {"type": "response.reasoning_summary_part.added", **inside, "part": {**part, "text": ""}}
    for piece in words(part["text"]):
        yield {"type": "response.reasoning_summary_text.delta", **inside, "delta": piece}
    yield {"type": "response.reasoning_summary_text.done", **inside, "text": part["text"]}
    yield {"type": "response.reasoning_summary_part.done", **inside, "part": part}


def _call(item: Tree, place: Tree) -> Iterator[Tree]:
    half = len(item["arguments"]) // 2
    for piece in (item["arguments"][:half], item["arguments"][half:]):
        yield {"type": "response.function_call_arguments.delta", **place, "delta": piece}
    yield {"type": "response.function_call_arguments.done", **place, "arguments": item["arguments"]}


_INSIDE = {"message": _message, "reasoning": _thought, "function_call": _call}


def _output(plan: Plan, turn: Turn) -> list[Tree]:
    mark, output = f"demo{turn.number}", list[Tree]()
    if plan.thought:
        summary = [{"type": "summary_text", "text": plan.thought}]
        output.append({"id": f"rs_{mark}", "type": "reasoning", "summary": summary})
    if plan.text:
        part = {"type": "output_text", "annotations": [], "logprobs": [], "text": plan.text}
        said = {"type": "message", "status": "completed", "role": "assistant", "content": [part]}
        output.append({"id": f"msg_{mark}", **said})
    for i, call in enumerate(plan.calls):
        made = {"type": "function_call", "status": "completed", "call_id": f"call_{mark}x{i}"}
        output.append({"id": f"fc_{mark}x{i}", **made, "name": call.name, "arguments": call.arguments})
    return output


def _response(plan: Plan, turn: Turn, status: str, output: list[Tree]) -> Tree:
    return {
        "id": f"resp_demo{turn.number}",
        "object": "response",
        "created_at": turn.created,
        "status": status,
        "error": None,
        "incomplete_details": {"reason": _LENGTH} if status == "incomplete" else None,
        "model": turn.model,
        "output": output,
        "parallel_tool_calls": True,
        "previous_response_id": None,
        "store": True,
        "tool_choice": "auto",
        "tools": [],
        "usage": None if status == "in_progress" else _usage(plan),
    }


def _usage(plan: Plan) -> Tree:
    return {
        "input_tokens": plan.input,
        "input_tokens_details": {"cached_tokens": 0},
        "output_tokens": plan.output,
        "output_tokens_details": {"reasoning_tokens": plan.reasoning},
        "total_tokens": plan.input + plan.output,
    }


def _event(tree: Tree) -> bytes:
    kind: str = tree["type"]
    return b"event: " + kind.encode() + b"\ndata: " + _encode(tree) + b"\n\n"


_BROKEN = {"type": "error", "code": "server_error", "message": BROKEN, "param": None, "sequence_number": 0}

speaker = Speaker(
    read=read,
    whole=whole,
    stream=stream,
    stream_type=lambda turn: b"text/event-stream; charset=utf-8",
    failure=speak_openai.speaker.failure,
    broken=lambda turn: _event(_BROKEN),
    request_id=b"x-request-id",
)
