"""The turns of a request: `contents` and `systemInstruction` to messages."""

from collections.abc import Iterator
from typing import Any

from lockgate.core.chat import Block, Media, Message, Role, Text, Thinking, ToolCall, ToolResult
from lockgate.dialects.gemini_generate import media, wire
from lockgate.dialects.gemini_generate.fields import Fields, wrong

_ROLES: dict[str, Role] = {
    "": "user",
    "user": "user",
    "model": "assistant",
    "assistant": "assistant",
    "function": "user",
    "tool": "user",
}


class Calls:
    """Gives calls without an id one, and finds the call that a result without an id answers: by name and order."""

    __slots__ = ("_open", "_taken")

    def __init__(self) -> None:
        self._open: list[tuple[str, str]] = []
        self._taken: set[str] = set()

    def called(self, given: str, name: str) -> str:
        call_id = given or self._minted()
        self._taken.add(call_id)
        self._open.append((name, call_id))
        return call_id

    def answered(self, given: str, name: str) -> str:
        for i, (called, call_id) in enumerate(self._open):
            if call_id == given or (not given and called == name):
                del self._open[i]
                return call_id
        return given or self._minted()

    def _minted(self) -> str:
        """The same in every request of a conversation, so that caches of its beginning still hold."""
        number = len(self._taken) + 1
        while f"call_{number}" in self._taken:
            number += 1
        return f"call_{number}"


def decode(request: Fields) -> tuple[Message, ...]:
    calls, messages = Calls(), []
    instruction = request.child("systemInstruction")
    if instruction is not None:
        instruction.text("role")  # there, a role means nothing
        messages.append(Message("system", tuple(_blocks(instruction, calls))))
        instruction.close()
    spoken = list(request.children("contents"))
    if not spoken:
        raise wrong("contents", "a list with at least one turn")
    messages.extend(_message(content, calls) for content in spoken)
    return tuple(messages)


def _message(content: Fields, calls: Calls) -> Message:
    role = _ROLES.get(content.text("role").lower())
    if role is None:
        raise wrong(content.at("role"), "user or model")
    blocks = _closed(_blocks(content, calls))
    content.close()
    return Message(role, blocks)


def _closed(blocks: Iterator[Block]) -> tuple[Block, ...]:
    """A streamed thought comes in pieces, its signature behind them: they are one block again, whose signature holds."""
    found: list[Block] = []
    for block in blocks:
        if isinstance(block, Thinking) and block.signature and not block.text:
            pieces: list[str] = []
            while found and isinstance(last := found[-1], Thinking) and not last.signature:
                pieces.append(last.text)
                found.pop()
            found.append(Thinking("".join(reversed(pieces)), block.signature))
        else:
            found.append(block)
    return tuple(found)


def _blocks(content: Fields, calls: Calls) -> Iterator[Block]:
    for part in content.children("parts"):
        yield from _part(part, calls)
        part.close()


def _part(part: Fields, calls: Calls) -> Iterator[Block]:
    text, thought, signature = part.take("text"), part.flag("thought"), media.standard(part.text("thoughtSignature"))
    if text is not None and not isinstance(text, str):
        raise wrong(part.at("text"), "a string")
    if thought:
        yield Thinking(text or "", signature)
        signature = ""
    elif text:
        yield Text(text)
    if call := part.child("functionCall"):
        yield _call(call, calls, signature)
        signature = ""
    if result := part.child("functionResponse"):
        yield _result(result, calls)
    yield from _media(part)
    if signature:
        yield Thinking(signature=signature)  # a signature on an answer's text closes the thinking before it


def _media(part: Fields) -> Iterator[Media]:
    if blob := part.child("inlineData"):
        yield media.inline(blob.text("mimeType"), blob.text("data"), blob.text("displayName"))
        blob.close()
    if file := part.child("fileData"):
        yield media.file(file.text("mimeType"), file.text("fileUri"), file.text("displayName"))
        file.close()


def _call(call: Fields, calls: Calls, signature: str) -> ToolCall:
    name, args = call.text("name"), call.take("args")
    if not name:
        raise wrong(call.at("name"), "a name")
    if args is not None and not isinstance(args, dict):
        raise wrong(call.at("args"), "an object")
    call_id = calls.called(call.text("id"), name)
    call.close()
    return ToolCall(call_id, name, wire.encode(args or {}).decode(), signature)


def _result(result: Fields, calls: Calls) -> ToolResult:
    name, response = result.text("name"), result.take("response")
    if response is not None and not isinstance(response, dict):
        raise wrong(result.at("response"), "an object")
    call_id = calls.answered(result.text("id"), name)
    text, error = _said(response or {})
    content: list[Text | Media] = [Text(text)] if text else []
    for part in result.children("parts"):
        content.extend(_media(part))
        part.close()
    result.close()
    return ToolResult(call_id, tuple(content), name, error)


def _said(response: dict[str, Any]) -> tuple[str, bool]:
    """The output is under `output`, an error under `error`; otherwise the whole object is the output."""
    if len(response) == 1:
        for key in ("output", "error"):
            if key in response:
                value = response[key]
                return (value if isinstance(value, str) else wire.encode(value).decode()), key == "error"
    return (wire.encode(response).decode() if response else ""), False
