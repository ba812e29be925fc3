"""What is sent: OpenAI chat requests of about 1.1 KB and 28 KB, and the answers of the scripted upstreams."""

import json
from collections.abc import Sequence

MARK = "~"
"""Once in the text of every streamed event, so that events can be counted whatever their dialect."""
_SENTENCE = "The quick brown fox jumps over the lazy dog and thinks about gateways while it is in the air. "


def chat(model: str, size: int, *, stream: bool = False) -> bytes:
    """A conversation of several turns whose JSON has about `size` bytes."""
    length = share(model, size, stream=stream)
    return conversation(model, [(_SENTENCE * (length // len(_SENTENCE) + 1))[:length]] * turns(size), stream=stream)


def turns(size: int) -> int:
    return 4 if size < 4000 else 16


def share(model: str, size: int, *, stream: bool = False) -> int:
    """Characters of each turn."""
    return (size - len(conversation(model, [""] * turns(size), stream=stream))) // turns(size)


def conversation(model: str, texts: Sequence[str], *, stream: bool = False) -> bytes:
    messages = [{"role": "system", "content": texts[0]}]
    messages += [{"role": "assistant" if i % 2 else "user", "content": text} for i, text in enumerate(texts[1:])]
    body = {"model": model, "messages": messages, "temperature": 0.7, "max_tokens": 500, "stream": stream}
    return json.dumps(body).encode()


def openai_answer() -> str:
    message = {"role": "assistant", "content": _SENTENCE * 4, "refusal": None}
    return json.dumps(
        {
            "id": "chatcmpl-bench",
            "object": "chat.completion",
            "created": 1700000000,
            "model": "bench",
            "choices": [{"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}],
            "usage": {"prompt_tokens": 250, "completion_tokens": 90, "total_tokens": 340},
        }
    )


def anthropic_answer() -> str:
    return json.dumps(
        {
            "id": "msg_bench",
            "type": "message",
            "role": "assistant",
            "model": "bench",
            "content": [{"type": "text", "text": _SENTENCE * 4}],
            "stop_reason": "end_turn",
            "stop_sequence": None,
            "usage": {"input_tokens": 250, "output_tokens": 90},
        }
    )


def openai_events() -> tuple[bytes, bytes, bytes]:
    """What begins a stream, what is repeated, what ends it. The repeated event has about 200 bytes."""

    def chunk(delta: dict[str, str], finish: str | None) -> bytes:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
        head = {"id": "chatcmpl-bench", "object": "chat.completion.chunk", "created": 1700000000, "model": "bench"}
        return b"data: " + json.dumps({**head, "choices": [choice]}, separators=(",", ":")).encode() + b"\n\n"

    return (
        chunk({"role": "assistant", "content": ""}, None),
        chunk({"content": MARK + " a word or two"}, None),
        chunk({}, "stop") + b"data: [DONE]\n\n",
    )


def anthropic_events() -> tuple[bytes, bytes, bytes]:
    """The same for Anthropic Messages; the text is longer, so that the event has about 200 bytes too."""

    def event(kind: str, **fields: object) -> bytes:
        body = json.dumps({"type": kind, **fields}, separators=(",", ":"))
        return f"event: {kind}\ndata: {body}\n\n".encode()

    message: dict[str, object] = {
        "id": "msg_bench",
        "type": "message",
        "role": "assistant",
        "model": "bench",
        "content": [],
        "stop_reason": None,
        "stop_sequence": None,
        "usage": {"input_tokens": 250, "output_tokens": 1},
    }
    block = {"type": "text", "text": ""}
    text = {"type": "text_delta", "text": MARK + " a word or two, and then some more words to be as long as that"}
    stop = {"stop_reason": "end_turn", "stop_sequence": None}
    return (
        event("message_start", message=message) + event("content_block_start", index=0, content_block=block),
        event("content_block_delta", index=0, delta=text),
        event("content_block_stop", index=0)
        + event("message_delta", delta=stop, usage={"output_tokens": 100})
        + event("message_stop"),
    )
