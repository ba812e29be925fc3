"""A response as clients read it: what goes around its output, and the items of the output.

What the request said is not said again, but for what every client looks for: instructions and tools would be sent back with each
of three events.
"""

from typing import Any

import msgspec

from lockgate.core.answer import Finish, Usage
from lockgate.core.called import Called
from lockgate.core.chat import Media, ToolCall
from lockgate.core.dialect import Ask
from lockgate.dialects.openai_responses import usage

Wire = dict[str, Any]

_REASONS: dict[Finish, str] = {"length": "max_output_tokens", "filtered": "content_filter"}
FAILED = {"code": "server_error", "message": "the model could not finish its answer"}


class _Input(msgspec.Struct, frozen=True):
    input: str


_input = msgspec.json.Decoder(_Input)


def id_of(said: str, ask: Ask) -> str:
    return said or f"resp_{ask.request_id}"


def item_id(kind: str, request_id: str, index: int) -> str:
    """Of an item that we begin."""
    return f"{kind}_{request_id}_{index}"


def envelope(id_: str, model: str, created: int, ask: Ask) -> Wire:
    """A response that has just begun."""
    return {
        "id": id_of(id_, ask),
        "object": "response",
        "created_at": created or ask.created,
        "status": "in_progress",
        "background": False,
        "error": None,
        "incomplete_details": None,
        "instructions": None,
        "max_output_tokens": None,
        "metadata": {},
        "model": model or ask.model,
        "output": [],
        "parallel_tool_calls": True,
        "previous_response_id": None,
        "reasoning": {"effort": None, "summary": None},
        "store": False,
        "temperature": None,
        "text": {"format": {"type": "text"}},
        "tool_choice": "auto",
        "tools": [],
        "top_p": None,
        "truncation": "disabled",
        "usage": None,
        "user": None,
    }


def ended(begun: Wire, finish: Finish, output: list[Any], counted: Usage) -> Wire:
    """The same response, with its output and why it ended."""
    reason = _REASONS.get(finish)
    status = "failed" if finish == "error" else "incomplete" if reason else "completed"
    return begun | {
        "status": status,
        "error": FAILED if finish == "error" else None,
        "incomplete_details": {"reason": reason} if reason else None,
        "output": output,
        "usage": usage.encode(counted),
    }


def status(finish: Finish) -> str:
    """Of an item that was there when the answer ended."""
    return "incomplete" if finish in ("length", "filtered", "error") else "completed"


def text(said: str, logprobs: list[Any]) -> Wire:
    return {"type": "output_text", "annotations": [], "logprobs": logprobs, "text": said}


def refusal(said: str) -> Wire:
    return {"type": "refusal", "refusal": said}


def message(id_: str, parts: list[Wire], state: str) -> Wire:
    return {"id": id_, "type": "message", "status": state, "role": "assistant", "content": parts}


def call(made: ToolCall, item_id: str, state: str, ask: Ask) -> Wire:
    """A call, as the client calls that tool."""
    tool = ask.called.get(made.name, Called(made.name))
    found: Wire = {"id": item_id, "type": "function_call", "status": state, "call_id": made.id, "name": tool.name}
    if tool.free:
        found |= {"type": "custom_tool_call", "input": freely(made.arguments)}
    else:
        found["arguments"] = made.arguments
    if tool.group:
        found["namespace"] = tool.group
    return found


def freely(arguments: str) -> str:
    """The text that a function was called with in the place of a tool that takes any text."""
    try:
        return _input.decode(arguments).input
    except (ValueError, RecursionError):
        return arguments


def picture(id_: str, media: Media) -> Wire:
    form = media.mime.rpartition("/")[2] or "png"
    kind = "image_generation_call"
    return {"id": id_, "type": kind, "status": "completed", "output_format": form, "result": media.data}
