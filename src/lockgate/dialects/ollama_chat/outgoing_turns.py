"""Messages of a request, canonical to wire."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

import msgspec

from lockgate.core.chat import Block, Media, Message, Refusal, Text, Thinking, ToolCall, ToolResult
from lockgate.dialects.ollama_chat.losses import Losses

_arguments = msgspec.json.Decoder(dict[str, Any])
_ROLES = {"developer": "system"}


class Turns:
    """A turn may become several messages: each result of a tool is one of its own."""

    __slots__ = ("_lost", "_messages", "_names", "_places")

    def __init__(self, messages: Sequence[Message], lost: Losses) -> None:
        self._messages = messages
        self._lost = lost
        self._names = {
            block.id: block.name for message in messages for block in message.blocks if isinstance(block, ToolCall)
        }
        self._places = {id_: i for i, id_ in enumerate(self._names)}

    def wired(self) -> list[dict[str, Any]]:
        """Results stand in the order of their calls: where a server knows no ids, that is all that joins them."""
        wires = (wire for message in self._messages for wire in self._wired(message))
        ordered: list[dict[str, Any]] = []
        for are_results, run in groupby(wires, lambda wire: wire["role"] == "tool"):
            turns = list(run)
            ordered += sorted(turns, key=self._place) if are_results else turns
        return ordered

    def _place(self, result: dict[str, Any]) -> int:
        """Results of no known call come last, as they came."""
        return self._places.get(result["tool_call_id"], len(self._places))

    def _wired(self, message: Message) -> Iterator[dict[str, Any]]:
        self._lost.add("names of speakers", message.name)
        role = _ROLES.get(message.role, message.role)
        for is_result, run in groupby(message.blocks, lambda block: isinstance(block, ToolResult)):
            if is_result:
                yield from (self._result(block) for block in run if isinstance(block, ToolResult))
            else:
                yield said(role, tuple(run), self._lost)
        if not message.blocks:
            yield {"role": role, "content": ""}

    def _result(self, result: ToolResult) -> dict[str, Any]:
        self._lost.add("error mark of tool results", result.error)
        self._lost.add("cache markers", result.cache)
        wire = said("tool", result.content, self._lost)
        if name := result.name or self._names.get(result.call_id, ""):
            wire["tool_name"] = name
        wire["tool_call_id"] = result.call_id
        return wire


def said(role: str, blocks: Sequence[Block], lost: Losses) -> dict[str, Any]:
    """One message. Ollama has one text a message, and shows images to the model before it."""
    texts = [text for block in blocks if (text := _text(block))]
    wire: dict[str, Any] = {"role": role, "content": ("" if role == "assistant" else "\n").join(texts)}
    thoughts = [block for block in blocks if isinstance(block, Thinking)]
    if thought := "".join(block.text for block in thoughts):
        wire["thinking"] = thought
    lost.add("thinking signatures", any(block.signature for block in thoughts))
    lost.add("redacted thinking", any(block.redacted for block in thoughts))
    if images := [data for block in blocks if isinstance(block, Media) and (data := image(block, lost))]:
        wire["images"] = images
    lost.add("places of images", images and _between(blocks))
    if calls := [block for block in blocks if isinstance(block, ToolCall)]:
        wire["tool_calls"] = [call(block, i, lost) for i, block in enumerate(calls)]
    lost.add("cache markers", any(getattr(block, "cache", "") for block in blocks))
    return wire


def _text(block: Block) -> str:
    if isinstance(block, Text | Refusal):
        return block.text
    return block.text if isinstance(block, Media) else ""


def _between(blocks: Sequence[Block]) -> bool:
    """Some image stands between two texts."""
    kinds = [isinstance(block, Text) for block in blocks if isinstance(block, Text | Media)]
    first = kinds.index(True) if True in kinds else len(kinds)
    return False in kinds[first:] and True in kinds[first + kinds[first:].index(False) :]


def image(media: Media, lost: Losses) -> str:
    """The base64 of an image; nothing, and a loss, for all that is not one."""
    if media.kind != "image":
        lost.add("audio" if media.kind == "audio" else f"{media.kind}s", not media.text)
        return ""
    lost.add("image detail", media.detail not in ("", "auto"))
    if not media.data:
        lost.add("images by URL" if media.url else "images by id")
    return media.data


def call(block: ToolCall, index: int, lost: Losses) -> dict[str, Any]:
    """Arguments are an object here, not text of one."""
    lost.add("thought signatures", block.signature)
    wire: dict[str, Any] = {"id": block.id} if block.id else {}
    return {**wire, "function": {"index": index, "name": block.name, "arguments": arguments(block.arguments, lost)}}


def arguments(text: str, lost: Losses) -> dict[str, Any]:
    if not text.strip():
        return {}
    try:
        return _arguments.decode(text)
    except (ValueError, RecursionError):
        lost.add("tool arguments that are not a JSON object")
        return {}
