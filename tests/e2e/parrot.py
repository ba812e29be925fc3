"""An upstream that remembers what it saw and says the tokens in the last message again, in pieces of three characters.

OpenAI's Chat Completions and Anthropic's Messages; whoever offers tools gets a call of the first one.
"""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import ThreadingHTTPServer
from typing import Any

from tests.threaded import Answering, serving

_TOKEN = re.compile(r"<[A-Z_]+_[0-9]+>")
_CHUNK = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m"}
_WHOLE = {"id": "c", "object": "chat.completion", "created": 1, "model": "m"}
_MESSAGE = {"id": "msg_1", "type": "message", "role": "assistant", "model": "m", "stop_sequence": None}
_USED = {"input_tokens": 3, "output_tokens": 4}


class Parrot(ThreadingHTTPServer):
    """`seen` are the bodies."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Asked)
        self.seen: list[str] = []


class _Asked(Answering):
    def do_POST(self) -> None:
        assert isinstance(self.server, Parrot)
        raw = self.rfile.read(int(self.headers["content-length"])).decode()
        self.server.seen.append(raw)
        body = json.loads(raw)
        tokens = _TOKEN.findall(json.dumps(body["messages"][-1], ensure_ascii=False))
        said = "To " + ", ".join(token.replace("<", "< ").lower() if i else token for i, token in enumerate(tokens))
        tool = bool(body.get("tools"))
        if tool:
            said = json.dumps({"to": tokens[0], "all": tokens})
        make = _anthropic if self.path.endswith("/messages") else _openai
        document, events = make(said, tool=tool)
        if body.get("stream"):
            self.say("".join(events).encode(), kind="text/event-stream")
        else:
            self.say(json.dumps(document).encode())


def _pieces(text: str) -> list[str]:
    return [text[at : at + 3] for at in range(0, len(text), 3)]


def _openai(said: str, *, tool: bool) -> tuple[Any, list[str]]:
    call = {"id": "call_1", "type": "function", "function": {"name": "send_mail", "arguments": said}}
    message = (
        {"role": "assistant", "content": None, "tool_calls": [call]} if tool else {"role": "assistant", "content": said}
    )
    end = "tool_calls" if tool else "stop"
    first = {
        "role": "assistant",
        "tool_calls": [{"index": 0, **call, "function": {"name": "send_mail", "arguments": ""}}],
    }
    deltas: list[dict[str, Any]] = [first if tool else {"role": "assistant", "content": ""}]
    deltas += [
        {"tool_calls": [{"index": 0, "function": {"arguments": piece}}]} if tool else {"content": piece}
        for piece in _pieces(said)
    ]
    choices = [{"index": 0, "delta": delta, "finish_reason": None} for delta in deltas]
    choices.append({"index": 0, "delta": {}, "finish_reason": end})
    events = [f"data: {json.dumps({**_CHUNK, 'choices': [choice]})}\n\n" for choice in choices]
    return {**_WHOLE, "choices": [{"index": 0, "message": message, "finish_reason": end}]}, [
        *events,
        "data: [DONE]\n\n",
    ]


def _anthropic(said: str, *, tool: bool) -> tuple[Any, list[str]]:
    thinking = {"type": "thinking", "thinking": said, "signature": "c2ln"}
    block: Any = (
        {"type": "tool_use", "id": "t1", "name": "send_mail", "input": {}} if tool else {"type": "text", "text": ""}
    )
    whole = {**block, **({"input": json.loads(said)} if tool else {"text": said})}
    stop = "tool_use" if tool else "end_turn"
    events: list[dict[str, Any]] = [
        {"type": "message_start", "message": {**_MESSAGE, "content": [], "stop_reason": None, "usage": _USED}}
    ]
    if not tool:
        events.append(
            {
                "type": "content_block_start",
                "index": 0,
                "content_block": {"type": "thinking", "thinking": "", "signature": ""},
            }
        )
        events += [_delta(0, {"type": "thinking_delta", "thinking": piece}) for piece in _pieces(said)]
        events += [
            _delta(0, {"type": "signature_delta", "signature": "c2ln"}),
            {"type": "content_block_stop", "index": 0},
        ]
    at = int(not tool)
    events.append({"type": "content_block_start", "index": at, "content_block": block})
    for piece in _pieces(said):
        events.append(
            _delta(
                at,
                {"type": "input_json_delta", "partial_json": piece} if tool else {"type": "text_delta", "text": piece},
            )
        )
    events += [
        {"type": "content_block_stop", "index": at},
        {"type": "message_delta", "delta": {"stop_reason": stop, "stop_sequence": None}, "usage": _USED},
    ]
    frames = [f"event: {event['type']}\ndata: {json.dumps(event)}\n\n" for event in [*events, {"type": "message_stop"}]]
    return {**_MESSAGE, "content": [whole] if tool else [thinking, whole], "stop_reason": stop, "usage": _USED}, frames


def _delta(index: int, delta: dict[str, Any]) -> dict[str, Any]:
    return {"type": "content_block_delta", "index": index, "delta": delta}


@contextmanager
def parrot() -> Iterator[Parrot]:
    with serving(Parrot()) as server:
        yield server
