"""Turns of the canonical chat, to messages of a request."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from lockgate.core.chat import Block, Media, Message, Refusal, Text, Thinking, ToolCall, ToolResult
from lockgate.dialects.openai_chat.called import call_id
from lockgate.dialects.openai_chat.parts import FORMATS

Wire = dict[str, Any]


class Losses:
    """Names of what could not be said, once each, in order."""

    __slots__ = ("_names",)

    def __init__(self) -> None:
        self._names: dict[str, None] = {}

    def add(self, name: str) -> None:
        self._names[name] = None

    def all(self) -> tuple[str, ...]:
        return tuple(self._names)


def messages(turns: Iterable[Message], lost: Losses) -> list[Wire]:
    found: list[Wire] = []
    for turn in turns:
        if turn.role == "assistant":
            found.append(_assistant(turn, lost))
        else:
            found.extend(_others(turn, lost))
    return found


def _others(turn: Message, lost: Losses) -> Iterator[Wire]:
    """Results first, each a message of its own: they have to follow the calls. Then what the turn says besides."""
    said: list[Wire] = []
    results = False
    for block in turn.blocks:
        if isinstance(block, ToolResult):
            results = True
            yield _result(block, said, lost)
    said.extend(_parts(turn.blocks, lost))
    if said or not results:
        yield _named({"role": turn.role, "content": _content(said)}, turn.name)


def _named(message: Wire, name: str) -> Wire:
    if name:
        message["name"] = name
    return message


def _content(parts: list[Wire]) -> str | list[Wire]:
    """One text is a plain string, as every copy understands it."""
    if not parts:
        return ""
    if len(parts) == 1 and parts[0]["type"] == "text":
        text: str = parts[0]["text"]
        return text
    return parts


def _result(result: ToolResult, said: list[Wire], lost: Losses) -> Wire:
    """Tool messages hold text only; media follow in the user's message."""
    texts = [_text(block) for block in result.content if isinstance(block, Text)]
    media = [block for block in result.content if isinstance(block, Media)]
    if media:
        lost.add("place of media in tool results")
        said.extend(_parts(media, lost))
    if result.error:
        lost.add("error flag of tool results")
    if result.cache or any(block.cache for block in result.content):
        lost.add("cache markers")
    return {"role": "tool", "tool_call_id": call_id(result.call_id), "content": _content(texts)}


def _parts(blocks: Sequence[Block], lost: Losses) -> Iterator[Wire]:
    for block in blocks:
        match block:
            case Text():
                if block.cache:
                    lost.add("cache markers")
                yield _text(block)
            case Media():
                if block.cache:
                    lost.add("cache markers")
                if part := _media(block, lost):
                    yield part
            case Refusal():
                yield _text(Text(block.text))
            case Thinking():
                lost.add("thinking outside of answers")
            case ToolCall():
                lost.add("tool calls outside of answers")


def _text(block: Text) -> Wire:
    return {"type": "text", "text": block.text}


def _media(media: Media, lost: Losses) -> Wire | None:
    if media.text:
        return {"type": "text", "text": media.text}
    match media.kind:
        case "image":
            return _image(media, lost)
        case "audio":
            return _audio(media, lost)
        case "file":
            return _file(media, lost)
    lost.add("video")
    return None


def address(media: Media) -> str:
    """The URL, or the data as one (RFC 2397)."""
    return f"data:{media.mime or 'application/octet-stream'};base64,{media.data}" if media.data else media.url


def _image(media: Media, lost: Losses) -> Wire | None:
    url = address(media)
    if not url:
        lost.add("images by file id")
        return None
    image = {"url": url, "detail": media.detail} if media.detail else {"url": url}
    return {"type": "image_url", "image_url": image}


def _audio(media: Media, lost: Losses) -> Wire | None:
    if not media.data:
        lost.add("audio by reference")
        return None
    format_ = FORMATS.get(media.mime, media.mime.rpartition("/")[2]) or "wav"
    return {"type": "input_audio", "input_audio": {"data": media.data, "format": format_}}


def _file(media: Media, lost: Losses) -> Wire | None:
    if media.file_id and "/" not in media.file_id:  # Google's ids are paths, and nothing that OpenAI holds
        return {"type": "file", "file": {"file_id": media.file_id}}
    if not media.data:
        lost.add("files by id" if media.file_id else "files by URL")
        return None
    mime = media.mime or "application/pdf"
    name = media.name or f"document.{mime.rpartition('/')[2]}"
    return {"type": "file", "file": {"filename": name, "file_data": f"data:{mime};base64,{media.data}"}}


def _assistant(turn: Message, lost: Losses) -> Wire:
    message: Wire = {"role": "assistant", "content": None}
    parts = list(_answered(turn.blocks, message, lost))
    message |= thoughts([block for block in turn.blocks if isinstance(block, Thinking)])
    if refusal := "".join(block.text for block in turn.blocks if isinstance(block, Refusal)):
        message["refusal"] = refusal
    called = [block for block in turn.blocks if isinstance(block, ToolCall)]
    if any(call.cache for call in called):
        lost.add("cache markers")
    if called:
        message["tool_calls"] = calls(called)
    if parts or not (called or refusal or "audio" in message):  # null is for calls only
        message["content"] = _content(parts)
    return _named(message, turn.name)


def _answered(blocks: Sequence[Block], message: Wire, lost: Losses) -> Iterator[Wire]:
    """The parts of an answer's content. Sound goes beside it, into the message."""
    for block in blocks:
        match block:
            case Text():
                if block.cache:
                    lost.add("cache markers")
                yield _text(block)
            case Media():
                _given(block, message, lost)
            case ToolResult():
                lost.add("tool results in answers")


def _given(media: Media, message: Wire, lost: Losses) -> None:
    """Sound of an earlier answer goes back by its id; pictures of an answer have no place here."""
    if media.kind == "audio" and media.file_id:
        message["audio"] = {"id": media.file_id}
    else:
        lost.add(f"{media.kind} in answers")


def thoughts(blocks: Sequence[Thinking]) -> Wire:
    """Thinking beside the content. Signatures need OpenRouter's form, which then has all of it."""
    found: Wire = {}
    if text := "".join(block.text for block in blocks):
        found["reasoning_content"] = text
    if any(block.signature or block.redacted for block in blocks):
        found["reasoning_details"] = [detail(block, i) for i, block in enumerate(blocks)]
    return found


def detail(block: Thinking, index: int) -> Wire:
    if block.redacted:
        return {"type": "reasoning.encrypted", "data": block.redacted, "index": index}
    told: Wire = {"type": "reasoning.text", "text": block.text, "index": index}
    if block.signature:
        told["signature"] = block.signature
    return told


def calls(blocks: Sequence[ToolCall]) -> list[Wire]:
    found: list[Wire] = []
    for block in blocks:
        function = {"name": block.name, "arguments": block.arguments or "{}"}
        call: Wire = {"id": call_id(block.id), "type": "function", "function": function}
        if block.signature:
            call["extra_content"] = {"google": {"thought_signature": block.signature}}
        found.append(call)
    return found
