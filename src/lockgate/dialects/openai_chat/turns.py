"""Messages of a request, to turns of the canonical chat."""

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from lockgate.core.chat import Block, Media, Message, Refusal, Role, Text, Thinking, ToolCall, ToolResult
from lockgate.dialects.openai_chat.parts import Part, blocks, cache, located, object_at, text_at, wrong

_encode = msgspec.json.Encoder().encode
_ROLES: dict[str, Role] = {"system": "system", "developer": "developer", "user": "user", "assistant": "assistant"}
_SHARED = {"role", "content", "name"}
_KNOWN = {
    "tool": _SHARED | {"tool_call_id", "cache_control"},
    "function": _SHARED,
    "assistant": _SHARED
    | {"tool_calls", "function_call", "refusal", "audio", "images"}
    | {"reasoning_content", "reasoning", "reasoning_details"},
}


class Turns:
    """Reads messages in order, because calls and results of the old `function_call` are matched by it."""

    __slots__ = ("_function", "_names", "_results", "messages", "unsaid")

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self.unsaid: list[str] = []
        self._results: list[Block] = []
        self._names: dict[str, str] = {}
        self._function = ""

    def read(self, nodes: Sequence[Part]) -> tuple[Message, ...]:
        for i, node in enumerate(nodes):
            if len(node) == 2 and (plain := _plain(node)) is not None:
                if self._results:
                    self._flush()
                self.messages.append(plain)
            else:
                self._read(node, f"messages.{i}")
        self._flush()
        return tuple(self.messages)

    def _read(self, node: Part, where: str) -> None:
        role = node.get("role")
        if role in ("tool", "function"):
            self._results.append(self._result(node, where))
        elif isinstance(role, str) and role in _ROLES:
            self._flush()
            found = self._assistant(node, where) if role == "assistant" else self._content(node, where)
            self.messages.append(Message(_ROLES[role], tuple(found), text_at(node, "name", where)))
        else:
            raise wrong(f"{where}.role", "one of system, developer, user, assistant, tool, function")
        known = _KNOWN.get(role, _SHARED)
        self.unsaid.extend(f"{where}.{key}" for key in node if key not in known and node[key])

    def _flush(self) -> None:
        """Results that follow each other are one turn: the answers to the calls of one message."""
        if self._results:
            self.messages.append(Message("user", tuple(self._results)))
            self._results = []

    def _content(self, node: Part, where: str) -> list[Block]:
        if "content" not in node:
            raise wrong(f"{where}.content", "given")
        return blocks(node["content"], f"{where}.content", self.unsaid)

    def _result(self, node: Part, where: str) -> ToolResult:
        name = text_at(node, "name", where)
        id_ = text_at(node, "tool_call_id", where)
        if node["role"] == "function":
            id_ = self._function or f"call_{name}"
        found = blocks(node.get("content"), f"{where}.content", self.unsaid)
        content = tuple(block for block in found if isinstance(block, Text | Media))
        name = name or self._names.get(id_, "")
        return ToolResult(id_, content, name, cache=cache(node.get("cache_control")))

    def _assistant(self, node: Part, where: str) -> list[Block]:
        found = thoughts(node, where)
        found += blocks(node.get("content"), f"{where}.content", self.unsaid)
        if refusal := text_at(node, "refusal", where):
            found.append(Refusal(refusal))
        if node.get("audio") is not None:
            found.append(Media("audio", file_id=text_at(object_at(node, "audio", where), "id", f"{where}.audio")))
        found += _images(node.get("images"))
        return [*found, *self._calls(node, where)]

    def _calls(self, node: Part, where: str) -> Iterator[ToolCall]:
        calls = node.get("tool_calls") or []
        if not isinstance(calls, list):
            raise wrong(f"{where}.tool_calls", "an array")
        for i, call in enumerate(calls):
            here = f"{where}.tool_calls.{i}"
            if not isinstance(call, dict):
                raise wrong(here, "an object")
            id_ = text_at(call, "id", here)
            if "custom" in call:  # its result comes, too, and answers nothing without it
                name, arguments = _custom(object_at(call, "custom", here), f"{here}.custom")
            else:
                name, arguments = _function(object_at(call, "function", here), f"{here}.function")
            self._names[id_] = name
            yield ToolCall(id_, name, arguments, _signature(call))
        if node.get("function_call") is not None:
            here = f"{where}.function_call"
            name, arguments = _function(object_at(node, "function_call", where), here)
            self._function = f"call_{where.rpartition('.')[2]}"
            yield ToolCall(self._function, name, arguments)


def _plain(node: Part) -> Message | None:
    """A role and a text and nothing else, as most messages are; None for every other one."""
    content, role = node.get("content"), node.get("role")
    if isinstance(content, str) and content and isinstance(role, str) and (known := _ROLES.get(role)) is not None:
        return Message(known, (Text(content),))
    return None


def thoughts(node: Part, where: str) -> list[Block]:
    """`reasoning_details` has what `reasoning_content` and `reasoning` have, and the signatures."""
    details = node.get("reasoning_details")
    found = [thinking(detail) for detail in details if isinstance(detail, dict)] if isinstance(details, list) else []
    told = text_at(node, "reasoning_content", where) or text_at(node, "reasoning", where)
    return [block for block in found if block is not None] or ([Thinking(told)] if told else [])


def thinking(detail: Part) -> Thinking | None:
    kind = detail.get("type")
    if kind == "reasoning.encrypted":
        data = _str(detail, "data")
        return Thinking(redacted=data) if data else None
    told = _str(detail, "text") or _str(detail, "summary")
    signature = _str(detail, "signature")
    return Thinking(told, signature) if told or signature else None


def _str(node: Part, key: str) -> str:
    value = node.get(key)
    return value if isinstance(value, str) else ""


def _function(node: Part, where: str) -> tuple[str, str]:
    name = text_at(node, "name", where)
    if not name:
        raise wrong(f"{where}.name", "a name")
    arguments = node.get("arguments")
    if isinstance(arguments, dict):  # Mistral's clients may send the object itself
        return name, _encode(arguments).decode()
    return name, text_at(node, "arguments", where)


def _custom(node: Part, where: str) -> tuple[str, str]:
    """A call of a tool that takes any text, as one of a function whose one argument is the text."""
    name = text_at(node, "name", where)
    if not name:
        raise wrong(f"{where}.name", "a name")
    return name, _encode({"input": text_at(node, "input", where)}).decode()


def _signature(call: Part) -> str:
    """Where Google's own OpenAI-compatible endpoint puts a thought signature."""
    extra = call.get("extra_content")
    google = extra.get("google") if isinstance(extra, dict) else None
    return _str(google, "thought_signature") if isinstance(google, dict) else ""


def _images(images: Any) -> list[Block]:
    """Pictures of an earlier answer, as OpenRouter gives them."""
    found: list[Block] = []
    for image in images if isinstance(images, list) else []:
        inner = image.get("image_url") if isinstance(image, dict) else None
        if isinstance(inner, dict) and (url := _str(inner, "url")):
            found.append(located("image", url))
    return found
