"""Gemini generateContent, as ai.google.dev/api/generate-content shows it; a stream is events or one JSON array."""

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
_FINISH = {"stop": "STOP", "length": "MAX_TOKENS", "tool_use": "STOP"}
_SIGNATURE = "ZGVtbyBzaWduYXR1cmU="
_STATUSES = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    409: "ABORTED",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    503: "UNAVAILABLE",
    504: "DEADLINE_EXCEEDED",
}


def read(body: Tree, turn: Turn) -> Wanted:
    prompt = Prompt()
    system = mapping(_either(body, "systemInstruction", "system_instruction"), "system_instruction")
    _parts(prompt, system, "system_instruction")
    contents = items(body.get("contents"), "contents")
    if not contents:
        raise wrong("contents", "contents is not specified")
    for i, content in enumerate(contents):
        _content(prompt, mapping(content, f"contents[{i}]"), f"contents[{i}]")
    config = mapping(_either(body, "generationConfig", "generation_config"), "generation_config")
    choice = mapping(_either(body, "toolConfig", "tool_config"), "tool_config")
    calling = mapping(_either(choice, "functionCallingConfig", "function_calling_config"), "function_calling_config")
    allowed = items(_either(calling, "allowedFunctionNames", "allowed_function_names"), "allowed_function_names")
    return Wanted(
        model=turn.model,
        stream=turn.stream,
        text=prompt.text,
        tools=prompt.offered(_tools(body)),
        forced=word(allowed[0], "allowed_function_names[0]") if len(allowed) == 1 else "",
        silent=calling.get("mode") == "NONE",
        results=tuple(prompt.results),
        pictures=tuple(prompt.pictures),
        schema=_schema(config),
        max_tokens=count(config.get("maxOutputTokens"), "maxOutputTokens"),
        characters=prompt.characters,
    )


def _either(tree: Tree, camel: str, snake: str) -> Any:
    """The service reads both spellings of a field (protobuf's JSON mapping)."""
    return tree[camel] if camel in tree else tree.get(snake)


def _content(prompt: Prompt, content: Tree, where: str) -> None:
    role = word(content.get("role"), f"{where}.role") or "user"
    if role not in ("user", "model", "function"):
        raise wrong(f"{where}.role", "Please use a valid role: user, model.")
    if role == "model":
        prompt.assistant()
    earlier = len(prompt.results)
    texts = _parts(prompt, content, where)
    fresh = prompt.results[earlier:]
    if role == "user" and (texts or not fresh):
        prompt.user(texts)
        prompt.results.extend(fresh)


def _parts(prompt: Prompt, content: Tree, where: str) -> list[str]:
    texts = []
    for i, part in enumerate(items(content.get("parts"), f"{where}.parts")):
        place = f"{where}.parts[{i}]"
        part = mapping(part, place)
        if "text" in part:
            texts.append(prompt.heard(word(part["text"], f"{place}.text")))
            continue
        inline = mapping(_either(part, "inlineData", "inline_data"), f"{place}.inline_data")
        file = mapping(_either(part, "fileData", "file_data"), f"{place}.file_data")
        if inline:
            data = word(inline.get("data"), f"{place}.inline_data.data")
            mime = word(_either(inline, "mimeType", "mime_type"), f"{place}.inline_data.mime_type")
            prompt.pictures.append(Picture(mime, decoded_size(data)))
        elif file:
            uri = word(_either(file, "fileUri", "file_uri"), f"{place}.file_data.file_uri")
            prompt.pictures.append(Picture(word(_either(file, "mimeType", "mime_type"), place), url=uri))
        else:
            _tool_part(prompt, part, place)
    return texts


def _tool_part(prompt: Prompt, part: Tree, where: str) -> None:
    """Ids are optional here: without one a result belongs to the call of its name."""
    called = mapping(_either(part, "functionCall", "function_call"), f"{where}.function_call")
    said = mapping(_either(part, "functionResponse", "function_response"), f"{where}.function_response")
    if called:
        name = word(called.get("name"), f"{where}.function_call.name")
        prompt.heard(_encode(mapping(called.get("args"), f"{where}.function_call.args")).decode())
        prompt.called(word(called.get("id"), f"{where}.function_call.id") or name, name, where)
    elif said:
        name = word(said.get("name"), f"{where}.function_response.name")
        text = _encode(mapping(said.get("response"), f"{where}.function_response.response")).decode()
        prompt.answered(word(said.get("id"), f"{where}.function_response.id") or name, text, where)


def _tools(body: Tree) -> tuple[Offer, ...]:
    tools = []
    for i, tool in enumerate(items(body.get("tools"), "tools")):
        place = f"tools[{i}].function_declarations"
        declared = items(_either(mapping(tool, f"tools[{i}]"), "functionDeclarations", "function_declarations"), place)
        for j, function in enumerate(declared):
            function = mapping(function, f"{place}[{j}]")
            schema = _either(function, "parametersJsonSchema", "parameters_json_schema") or function.get("parameters")
            tools.append(offer(word(function.get("name"), f"{place}[{j}].name"), schema, f"{place}[{j}]"))
    return tuple(tools)


def _schema(config: Tree) -> Tree | None:
    for key in ("responseJsonSchema", "response_json_schema", "responseSchema", "response_schema"):
        if config.get(key):
            return mapping(config[key], f"generation_config.{key}")
    return {} if _either(config, "responseMimeType", "response_mime_type") == "application/json" else None


def whole(plan: Plan, turn: Turn) -> bytes:
    parts: list[Tree] = []
    if plan.thought:
        parts.append({"text": plan.thought, "thought": True})
    if plan.text or not plan.calls:
        parts.append({"text": plan.text, **({"thoughtSignature": _SIGNATURE} if plan.thought else {})})
    parts += [_call(plan, turn, i) for i in range(len(plan.calls))]
    return _encode(_answer(plan, turn, parts, last=True))


def stream(plan: Plan, turn: Turn) -> list[bytes]:
    chunks: list[list[Tree]] = [[{"text": piece, "thought": True}] for piece in words(plan.thought)]
    chunks += [[{"text": piece}] for piece in words(plan.text)]
    chunks += [[_call(plan, turn, i)] for i in range(len(plan.calls))]
    chunks = chunks or [[{"text": ""}]]
    if plan.thought:
        chunks.append([{"text": "", "thoughtSignature": _SIGNATURE}])
    last = len(chunks) - 1
    answers = [_answer(plan, turn, parts, last=i == last) for i, parts in enumerate(chunks)]
    if not turn.array:
        return [_event(answer) for answer in answers]
    return [*((b",\r\n" if i else b"[") + _encode(answer) for i, answer in enumerate(answers)), b"]"]


def _answer(plan: Plan, turn: Turn, parts: list[Tree], *, last: bool) -> Tree:
    candidate: Tree = {"content": {"parts": parts, "role": "model"}}
    if last:
        candidate["finishReason"] = _FINISH[plan.finish]
    usage: Tree = {"promptTokenCount": plan.input, "totalTokenCount": plan.input}
    if last:
        # The counts of the answer leave out the thoughts, which have their own.
        usage["candidatesTokenCount"] = plan.output - plan.reasoning
        usage["totalTokenCount"] = plan.input + plan.output
        if plan.reasoning:
            usage["thoughtsTokenCount"] = plan.reasoning
    usage["promptTokensDetails"] = [{"modality": "TEXT", "tokenCount": plan.input}]
    return {
        "candidates": [{**candidate, "index": 0}],
        "usageMetadata": usage,
        "modelVersion": turn.model,
        "responseId": f"demo{turn.number}",
    }


def _call(plan: Plan, turn: Turn, i: int) -> Tree:
    call = plan.calls[i]
    arguments = msgspec.Raw(call.arguments.encode())
    part: Tree = {"functionCall": {"id": f"call_demo{turn.number}x{i}", "name": call.name, "args": arguments}}
    # The service signs the first of several calls made at once.
    return part if i else {**part, "thoughtSignature": _SIGNATURE}


def _event(tree: Tree) -> bytes:
    return b"data: " + _encode(tree) + b"\r\n\r\n"


def _error(status: int, message: str) -> Tree:
    name = _STATUSES.get(status, "INTERNAL" if status >= 500 else "FAILED_PRECONDITION")
    error: Tree = {"code": status, "message": message, "status": name}
    if status in (429, 503):
        error["details"] = [{"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "1s"}]
    return {"error": error}


def _failure(status: int, message: str, turn: Turn) -> bytes:
    """An answer that would have been an array is an array of the one error."""
    return _encode([_error(status, message)] if turn.array else _error(status, message))


def _broken(turn: Turn) -> bytes:
    error = _error(503, BROKEN)
    return b",\r\n" + _encode(error) + b"]" if turn.array else _event(error)


speaker = Speaker(
    read=read,
    whole=whole,
    stream=stream,
    stream_type=lambda turn: b"application/json; charset=UTF-8" if turn.array else b"text/event-stream",
    failure=_failure,
    broken=_broken,
    request_id=b"x-request-id",
)
