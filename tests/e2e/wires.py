"""What upstreams say, written here by hand after their API references: whole answers, streams and errors of each family.

An independent witness: nothing of Lockgate is used.
"""

import json
from typing import Any

TOOL, ARGUMENTS, RESULT = "weather", {"city": "Kyoto"}, "sunny, 21 degrees"
Frames = list[bytes]


def _sse(*events: object, names: bool = False) -> Frames:
    return [
        (f"event: {event['type']}\n" if names and isinstance(event, dict) else "").encode()
        + b"data: "
        + (event if isinstance(event, bytes) else json.dumps(event).encode())
        + b"\n\n"
        for event in events
    ]


class OpenAI:
    """Chat Completions."""

    stream_type = "text/event-stream"
    call_id = "call_0123456789abcdef"

    def _message(self, text: str, *, call: bool) -> dict[str, Any]:
        function = {"name": TOOL, "arguments": json.dumps(ARGUMENTS)}
        calls = [{"id": self.call_id, "type": "function", "function": function}]
        return {"role": "assistant", "content": None if call else text} | ({"tool_calls": calls} if call else {})

    def whole(self, model: str, text: str, *, call: bool = False) -> bytes:
        choice = {
            "index": 0,
            "message": self._message(text, call=call),
            "finish_reason": "tool_calls" if call else "stop",
        }
        usage = {"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18}
        top = {"id": "chatcmpl-1", "object": "chat.completion", "created": 1700000000, "model": model}
        return json.dumps({**top, "choices": [choice], "usage": usage}).encode()

    def stream(self, model: str, pieces: list[str], *, call: bool = False) -> Frames:
        top = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1700000000, "model": model}

        def chunk(delta: dict[str, Any], finish: str | None = None, **more: Any) -> dict[str, Any]:
            return {**top, "choices": [{"index": 0, "delta": delta, "finish_reason": finish}], **more}

        said = [chunk({"content": piece}) for piece in pieces]
        if call:
            function = {"name": TOOL, "arguments": json.dumps(ARGUMENTS)}
            calls = [{"index": 0, "id": self.call_id, "type": "function", "function": function}]
            said = [chunk({"tool_calls": calls})]
        usage = {"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18}
        last = chunk({}, "tool_calls" if call else "stop", usage=usage)
        return _sse(chunk({"role": "assistant", "content": ""}), *said, last, b"[DONE]")

    def error(self, status: int, words: str) -> bytes:
        return json.dumps({"error": {"message": words, "type": "server_error", "param": None, "code": None}}).encode()


class Mistral(OpenAI):
    """The same, with ids of nine characters and its own errors."""

    call_id = "a1B2c3D4e"

    def error(self, status: int, words: str) -> bytes:
        return json.dumps({"object": "error", "message": words, "type": "api", "param": None, "code": "1"}).encode()


class Anthropic:
    """Messages."""

    stream_type = "text/event-stream"

    def whole(self, model: str, text: str, *, call: bool = False) -> bytes:
        block = (
            {"type": "tool_use", "id": "toolu_01", "name": TOOL, "input": ARGUMENTS}
            if call
            else {"type": "text", "text": text}
        )
        top = {"id": "msg_1", "type": "message", "role": "assistant", "model": model, "content": [block]}
        end = {"stop_reason": "tool_use" if call else "end_turn", "stop_sequence": None}
        return json.dumps({**top, **end, "usage": {"input_tokens": 11, "output_tokens": 7}}).encode()

    def stream(self, model: str, pieces: list[str], *, call: bool = False) -> Frames:
        start = json.loads(self.whole(model, "")) | {
            "content": [],
            "stop_reason": None,
            "usage": {"input_tokens": 11, "output_tokens": 1},
        }
        block: dict[str, Any] = {"type": "text", "text": ""}
        deltas: list[dict[str, Any]] = [{"type": "text_delta", "text": piece} for piece in pieces]
        if call:
            block = {"type": "tool_use", "id": "toolu_01", "name": TOOL, "input": {}}
            deltas = [{"type": "input_json_delta", "partial_json": json.dumps(ARGUMENTS)}]
        end = {"stop_reason": "tool_use" if call else "end_turn", "stop_sequence": None}
        return _sse(
            {"type": "message_start", "message": start},
            {"type": "content_block_start", "index": 0, "content_block": block},
            *({"type": "content_block_delta", "index": 0, "delta": delta} for delta in deltas),
            {"type": "content_block_stop", "index": 0},
            {"type": "message_delta", "delta": end, "usage": {"output_tokens": 7}},
            {"type": "message_stop"},
            names=True,
        )

    def error(self, status: int, words: str) -> bytes:
        kind = {429: "rate_limit_error", 529: "overloaded_error"}.get(status, "api_error")
        return json.dumps({"type": "error", "error": {"type": kind, "message": words}, "request_id": "req_1"}).encode()


class Gemini:
    """generateContent."""

    stream_type = "text/event-stream"

    def _said(self, model: str, part: dict[str, Any], finish: str | None) -> dict[str, Any]:
        candidate: dict[str, Any] = {"content": {"parts": [part], "role": "model"}, "index": 0}
        usage = {"promptTokenCount": 11, "candidatesTokenCount": 7, "totalTokenCount": 18}
        if finish:
            candidate["finishReason"] = finish
        return {"candidates": [candidate], "usageMetadata": usage, "modelVersion": model, "responseId": "r1"}

    def whole(self, model: str, text: str, *, call: bool = False) -> bytes:
        part: dict[str, Any] = {"functionCall": {"name": TOOL, "args": ARGUMENTS}} if call else {"text": text}
        return json.dumps(self._said(model, part, "STOP")).encode()

    def stream(self, model: str, pieces: list[str], *, call: bool = False) -> Frames:
        parts: list[dict[str, Any]] = [{"text": piece} for piece in pieces]
        if call:
            parts = [{"functionCall": {"name": TOOL, "args": ARGUMENTS}}]
        last = len(parts) - 1
        return _sse(*(self._said(model, part, "STOP" if i == last else None) for i, part in enumerate(parts)))

    def error(self, status: int, words: str) -> bytes:
        word = {429: "RESOURCE_EXHAUSTED", 500: "INTERNAL"}.get(status, "UNAVAILABLE")
        return json.dumps({"error": {"code": status, "message": words, "status": word}}).encode()


class Ollama:
    """/api/chat."""

    stream_type = "application/x-ndjson"
    _counts = {"total_duration": 9, "load_duration": 1, "prompt_eval_count": 11, "eval_count": 7, "eval_duration": 5}

    def _line(self, model: str, text: str, *, call: bool, done: bool) -> dict[str, Any]:
        message: dict[str, Any] = {"role": "assistant", "content": text}
        if call:
            message["tool_calls"] = [{"function": {"name": TOOL, "arguments": ARGUMENTS}}]
        end = {"done_reason": "stop", **self._counts} if done else {}
        return {"model": model, "created_at": "2026-01-02T03:04:05.678Z", "message": message, "done": done, **end}

    def whole(self, model: str, text: str, *, call: bool = False) -> bytes:
        return json.dumps(self._line(model, "" if call else text, call=call, done=True)).encode()

    def stream(self, model: str, pieces: list[str], *, call: bool = False) -> Frames:
        lines = [self._line(model, piece, call=False, done=False) for piece in pieces]
        if call:
            lines = [self._line(model, "", call=True, done=False)]
        return [json.dumps(line).encode() + b"\n" for line in (*lines, self._line(model, "", call=False, done=True))]

    def error(self, status: int, words: str) -> bytes:
        return json.dumps({"error": words}).encode()


Wire = OpenAI | Anthropic | Gemini | Ollama
WIRES: dict[str, Wire] = {
    "openai": OpenAI(),
    "anthropic": Anthropic(),
    "gemini": Gemini(),
    "mistral": Mistral(),
    "ollama": Ollama(),
}
