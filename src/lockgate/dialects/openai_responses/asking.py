"""What a request wants, from its top-level keys; the same request for another model; and what no request may ask for.

Conversations and prompts that OpenAI keeps are made by calls that there are not here: no id of one is a caller's own, so none is
forwarded, to no provider (S17). Who may name which answer of before, `held` knows.
"""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import msgspec
from msgspec import Raw, Struct

from lockgate.core.body import Body, Headed
from lockgate.core.called import Called
from lockgate.core.dialect import Ask, Target
from lockgate.core.problem import Kind, Problem
from lockgate.dialects.openai_responses import names

_value = msgspec.json.Decoder()
_REFUSED = {
    "conversation": "send the whole conversation as input: conversations are not kept here",
    "prompt": "prompts that OpenAI keeps cannot be used here: send instructions and input",
    "background": "answers are given at once here, and never in the background: leave it out",
}
_EMPTY = (b"null", b"false")


class _Tool(Struct, frozen=True):
    """A tool, so far as it matters for how it is called; or an item that brings tools."""

    type: Any = None
    name: Any = None
    tools: Any = None


_tools = msgspec.json.Decoder(list[_Tool])
_encode = msgspec.json.Encoder().encode


def ask(target: Target, body: Headed) -> Ask:
    """Streams of this dialect always count tokens."""
    model, stream = _top(body, "model"), _top(body, "stream")
    if not isinstance(model, str) or not model:
        raise _refused("model", "model must be the name of a model")
    if stream is not None and not isinstance(stream, bool):
        raise _refused("stream", "stream must be true or false")
    said = body.top.get("input")
    if said is not None and memoryview(said)[0] not in b'["n':  # a list, a text, or null
        raise _refused("input", "input must be a text or a list")
    for key, why in _REFUSED.items():
        if key in body.top and bytes(body.top[key]) not in _EMPTY:
            raise _refused(key, f"{key}: {why}")
    return Ask(model=model, stream=bool(stream), usage=True, called=_called(body.top))


def rename(body: Body, model: str) -> Body:
    return body.set("model", model)


def _called(top: Mapping[str, Raw]) -> dict[str, Called]:
    """How the client calls its tools; those that come within the input, too."""
    found = _listed(bytes(top.get("tools", b"")))
    if b'"additional_tools"' in (given := bytes(top.get("input", b""))):
        with suppress(ValueError, RecursionError):
            for item in _tools.decode(given):
                if item.type == "additional_tools":
                    found |= _listed(_encode(item.tools))
    return found


def _listed(wire: bytes) -> dict[str, Called]:
    """Most requests have functions only, and those need no looking at."""
    if not (b'"custom"' in wire or b'"namespace"' in wire or b"\\u" in wire):
        return {}
    try:
        tools = _tools.decode(wire)
    except (ValueError, RecursionError):
        return {}  # what is wrong with them, whoever reads them all will say
    found: dict[str, Called] = {}
    for tool in tools:
        inner = tool.tools if tool.type == "namespace" and isinstance(tool.tools, list) else ()
        group = tool.name if isinstance(tool.name, str) else ""
        pairs = [("", tool.type, tool.name)] if tool.type == "custom" else []
        pairs += [(group, each.get("type"), each.get("name")) for each in inner if isinstance(each, dict)]
        for namespace, kind, name in pairs:
            if isinstance(name, str) and name:
                found[names.joined(namespace, name)] = Called(name, namespace, free=kind == "custom")
    return found


def _top(body: Headed, key: str) -> Any:
    raw = body.top.get(key)
    try:
        return None if raw is None else _value.decode(raw)
    except (ValueError, RecursionError) as error:
        raise _refused(key, f"{key} is not valid JSON") from error


def _refused(where: str, detail: str) -> Problem:
    return Problem(Kind.INVALID, detail, where=where)
