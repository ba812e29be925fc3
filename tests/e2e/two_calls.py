"""Two calls of one tool at once, as each family's upstream says them; and how it reads them, and their results, coming back.

Arguments come in pieces where the format has pieces. Ids are of the kind that the real service gives; Ollama gives none.
"""

import json
from typing import Any, NamedTuple

from tests.e2e.wires import RESULT, TOOL

CITIES = ("Kyoto", "Oslo")
IDS: dict[str, tuple[str, ...]] = {
    "openai": ("call_Qm9zZTY0aXNub3Rh", "call_7hGf5dSaPoIuYtRe"),
    "anthropic": ("toolu_01A09q90qw90lq917835lq9", "toolu_01BzXc83KdLmNoPqRsTuVwXy"),
    "gemini": ("fc-5f1e", "fc-9a2b"),
    "mistral": ("a1B2c3D4e", "f5G6h7J8k"),
    "ollama": (),
}
RESULTS = tuple(f"{city}: {RESULT}" for city in CITIES)
INPUT, OUTPUT = 11, 7


class Pair(NamedTuple):
    """A call and the result that belongs to it, as an upstream reads them."""

    id: str
    city: str
    result: str


def whole(family: str) -> bytes:
    return json.dumps(_WHOLE[family](family)).encode()


def frames(family: str) -> list[bytes]:
    return _FRAMES[family](family)


def _sse(*events: Any) -> list[bytes]:
    named = [f"event: {e['type']}\n" if "type" in e else "" for e in events]
    return [(name + f"data: {json.dumps(event)}\n\n").encode() for name, event in zip(named, events, strict=True)]


def _openai(family: str) -> dict[str, Any]:
    calls = [
        {"id": id_, "type": "function", "function": {"name": TOOL, "arguments": json.dumps({"city": city})}}
        for id_, city in zip(IDS[family], CITIES, strict=True)
    ]
    message = {"role": "assistant", "content": None, "tool_calls": calls}
    usage = {"prompt_tokens": INPUT, "completion_tokens": OUTPUT, "total_tokens": INPUT + OUTPUT}
    top = {"id": "chatcmpl-2", "object": "chat.completion", "created": 1700000000, "model": "m", "usage": usage}
    return {**top, "choices": [{"index": 0, "message": message, "finish_reason": "tool_calls"}]}


def _openai_frames(family: str) -> list[bytes]:
    top = {"id": "chatcmpl-2", "object": "chat.completion.chunk", "created": 1700000000, "model": "m"}

    def chunk(delta: dict[str, Any], finish: str | None = None, **more: Any) -> dict[str, Any]:
        return {**top, "choices": [{"index": 0, "delta": delta, "finish_reason": finish}], **more}

    said = [chunk({"role": "assistant", "content": None})]
    for i, (id_, city) in enumerate(zip(IDS[family], CITIES, strict=True)):
        opening = {"index": i, "id": id_, "type": "function", "function": {"name": TOOL, "arguments": ""}}
        said.append(chunk({"tool_calls": [opening]}))
        pieces = ('{"ci', f'ty":"{city[:2]}', f'{city[2:]}"}}')
        said += [chunk({"tool_calls": [{"index": i, "function": {"arguments": piece}}]}) for piece in pieces]
    usage = {"prompt_tokens": INPUT, "completion_tokens": OUTPUT, "total_tokens": INPUT + OUTPUT}
    return [*_sse(*said, chunk({}, "tool_calls", usage=usage)), b"data: [DONE]\n\n"]


def _mistral_frames(family: str) -> list[bytes]:
    """Mistral says whole calls, all in one chunk, and its reason with them."""
    answer = _openai(family)
    calls = [{"index": i, **call} for i, call in enumerate(answer["choices"][0]["message"]["tool_calls"])]
    delta = {"content": "", "tool_calls": calls}
    choices = [{"index": 0, "delta": delta, "finish_reason": "tool_calls"}]
    return [*_sse({**answer, "object": "chat.completion.chunk", "choices": choices}), b"data: [DONE]\n\n"]


def _anthropic(family: str) -> dict[str, Any]:
    blocks = [
        {"type": "tool_use", "id": id_, "name": TOOL, "input": {"city": city}}
        for id_, city in zip(IDS[family], CITIES, strict=True)
    ]
    top = {"id": "msg_2", "type": "message", "role": "assistant", "model": "m", "content": blocks}
    usage = {"input_tokens": INPUT, "output_tokens": OUTPUT}
    return {**top, "stop_reason": "tool_use", "stop_sequence": None, "usage": usage}


def _anthropic_frames(family: str) -> list[bytes]:
    answer = _anthropic(family)
    started = {**answer, "content": [], "stop_reason": None, "usage": {"input_tokens": INPUT, "output_tokens": 1}}
    events: list[dict[str, Any]] = [{"type": "message_start", "message": started}]
    for i, block in enumerate(answer["content"]):
        events.append({"type": "content_block_start", "index": i, "content_block": {**block, "input": {}}})
        for piece in ("", '{"city": ', f'"{block["input"]["city"]}"}}'):
            delta = {"type": "input_json_delta", "partial_json": piece}
            events.append({"type": "content_block_delta", "index": i, "delta": delta})
        events.append({"type": "content_block_stop", "index": i})
    end = {"stop_reason": "tool_use", "stop_sequence": None}
    events.append({"type": "message_delta", "delta": end, "usage": {"output_tokens": OUTPUT}})
    return _sse(*events, {"type": "message_stop"})


def _gemini(family: str) -> dict[str, Any]:
    parts = [
        {"functionCall": {"id": id_, "name": TOOL, "args": {"city": city}}}
        for id_, city in zip(IDS[family], CITIES, strict=True)
    ]
    candidate = {"content": {"parts": parts, "role": "model"}, "finishReason": "STOP", "index": 0}
    usage = {"promptTokenCount": INPUT, "candidatesTokenCount": OUTPUT, "totalTokenCount": INPUT + OUTPUT}
    return {"candidates": [candidate], "usageMetadata": usage, "modelVersion": "m", "responseId": "r2"}


def _gemini_frames(family: str) -> list[bytes]:
    """The reason comes in a frame of its own, after the calls."""
    answer = _gemini(family)
    (candidate,) = answer["candidates"]
    first = {k: v for k, v in candidate.items() if k != "finishReason"}
    last = {**candidate, "content": {"parts": [{"text": ""}], "role": "model"}}
    return _sse({**answer, "candidates": [first]}, {**answer, "candidates": [last]})


def _ollama(family: str) -> dict[str, Any]:
    calls = [{"function": {"name": TOOL, "arguments": {"city": city}}} for city in CITIES]
    message = {"role": "assistant", "content": "", "tool_calls": calls}
    end = {"done": True, "done_reason": "stop", "prompt_eval_count": INPUT, "eval_count": OUTPUT}
    return {"model": "m", "created_at": "2026-01-02T03:04:05.678Z", "message": message, **end}


def _ollama_frames(family: str) -> list[bytes]:
    """Each call in a line of its own, and a last line that only counts."""
    answer = _ollama(family)
    top = {"model": "m", "created_at": answer["created_at"], "done": False}
    lines = [{**top, "message": {**answer["message"], "tool_calls": [c]}} for c in answer["message"]["tool_calls"]]
    return [
        json.dumps(line).encode() + b"\n"
        for line in (*lines, answer | {"message": {"role": "assistant", "content": ""}})
    ]


_WHOLE = {"openai": _openai, "mistral": _openai, "anthropic": _anthropic, "gemini": _gemini, "ollama": _ollama}
_FRAMES = {
    "openai": _openai_frames,
    "mistral": _mistral_frames,
    "anthropic": _anthropic_frames,
    "gemini": _gemini_frames,
    "ollama": _ollama_frames,
}


def pairs(family: str, body: Any) -> list[Pair]:
    """In the order of the calls. A result without a call, or a call without exactly one result, fails."""
    calls, results = _read(family, body)
    assert sorted(id_ for id_, _ in calls) == sorted(id_ for id_, _ in results)
    assert len({id_ for id_, _ in calls}) == len(calls)
    told = dict(results)
    return [Pair(id_, arguments["city"], told[id_]) for id_, arguments in calls]


def _read(family: str, body: Any) -> tuple[list[tuple[str, Any]], list[tuple[str, str]]]:
    if family == "gemini":
        parts = [part for content in body["contents"] for part in content["parts"]]
        called = [part["functionCall"] for part in parts if "functionCall" in part]
        said = [part["functionResponse"] for part in parts if "functionResponse" in part]
        texts = [next(iter(one["response"].values())) for one in said]
        return [(c["id"], c["args"]) for c in called], [(s["id"], t) for s, t in zip(said, texts, strict=True)]
    if family == "anthropic":
        blocks = [b for m in body["messages"] if isinstance(m["content"], list) for b in m["content"]]
        uses = [(b["id"], b["input"]) for b in blocks if b["type"] == "tool_use"]
        return uses, [(b["tool_use_id"], _text(b["content"])) for b in blocks if b["type"] == "tool_result"]
    calls = [one for message in body["messages"] for one in message.get("tool_calls") or ()]
    told = [message for message in body["messages"] if message["role"] == "tool"]
    if family == "ollama":  # it knows no ids: the order of the calls is the order of their results
        numbered = [(str(i), call["function"]["arguments"]) for i, call in enumerate(calls)]
        return numbered, [(str(i), message["content"]) for i, message in enumerate(told)]
    arguments = [call["function"]["arguments"] for call in calls]
    return (
        [(call["id"], json.loads(given)) for call, given in zip(calls, arguments, strict=True)],
        [(message["tool_call_id"], _text(message["content"])) for message in told],
    )


def _text(content: Any) -> str:
    return content if isinstance(content, str) else "".join(block["text"] for block in content)
