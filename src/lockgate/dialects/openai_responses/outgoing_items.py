"""Turns of the canonical chat, to items of a request."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from lockgate.core.chat import Block, Media, Message, Refusal, Text, Thinking, ToolCall, ToolResult
from lockgate.dialects.openai_responses import sealed
from lockgate.dialects.openai_responses.losses import Losses
from lockgate.dialects.openai_responses.parts import FORMATS

Wire = dict[str, Any]


def instructions(turns: Sequence[Message]) -> tuple[str, Sequence[Message]]:
    """One system text at the very beginning has a field of its own."""
    first = turns[0] if turns else None
    if first is None or first.role != "system" or first.name or len(first.blocks) != 1:
        return "", turns
    block = first.blocks[0]
    return (block.text, turns[1:]) if isinstance(block, Text) and not block.cache else ("", turns)


def items(turns: Iterable[Message], lost: Losses) -> list[Wire]:
    found: list[Wire] = []
    for turn in turns:
        if turn.name:
            lost.add("names of speakers")
        found += _assistant(turn, lost) if turn.role == "assistant" else _others(turn, lost)
    return found


def _others(turn: Message, lost: Losses) -> Iterator[Wire]:
    """Results first: they have to follow the calls. Then what the turn says besides."""
    parts: list[Wire] = []
    results = False
    for block in turn.blocks:
        if isinstance(block, ToolResult):
            results = True
            yield _result(block, lost)
        else:
            parts += _part(block, lost)
    if parts or not results:
        yield {"type": "message", "role": turn.role, "content": parts}


def _result(result: ToolResult, lost: Losses) -> Wire:
    if result.error:
        lost.add("error flag of tool results")
    if result.cache:
        lost.add("cache markers")
    parts = [part for block in result.content for part in _part(block, lost)]
    plain = len(parts) == 1 and parts[0]["type"] == "input_text"
    output: Any = parts[0]["text"] if plain else parts or ""
    return {"type": "function_call_output", "call_id": result.call_id, "output": output}


def _part(block: Block, lost: Losses) -> Iterator[Wire]:
    if isinstance(block, Text | Media) and block.cache:
        lost.add("cache markers")
    match block:
        case Text(text) | Refusal(text):
            yield {"type": "input_text", "text": text}
        case Media():
            yield from _media(block, lost)
        case Thinking():
            lost.add("thinking outside of answers")
        case ToolCall():
            lost.add("tool calls outside of answers")


def _media(media: Media, lost: Losses) -> Iterator[Wire]:
    if media.text:
        yield {"type": "input_text", "text": media.text}
    elif media.kind == "image":
        yield from _image(media, lost)
    elif media.kind == "file":
        yield from _file(media, lost)
    elif media.kind == "audio" and media.data:
        format_ = FORMATS.get(media.mime, media.mime.rpartition("/")[2]) or "wav"
        yield {"type": "input_audio", "input_audio": {"data": media.data, "format": format_}}
    else:
        lost.add("audio by reference" if media.kind == "audio" else "video")


def _address(media: Media) -> str:
    """The URL, or the data as one (RFC 2397)."""
    return f"data:{media.mime or 'application/octet-stream'};base64,{media.data}" if media.data else media.url


def _image(media: Media, lost: Losses) -> Iterator[Wire]:
    url = _address(media)
    if url or _is_openais(media.file_id):
        where = {"image_url": url} if url else {"file_id": media.file_id}
        yield {"type": "input_image", **where, "detail": media.detail or "auto"}
    else:
        lost.add("images by file id")


def _file(media: Media, lost: Losses) -> Iterator[Wire]:
    if _is_openais(media.file_id):
        yield {"type": "input_file", "file_id": media.file_id}
    elif media.data:
        mime = media.mime or "application/pdf"
        name = media.name or f"document.{mime.rpartition('/')[2]}"
        yield {"type": "input_file", "filename": name, "file_data": f"data:{mime};base64,{media.data}"}
    elif media.url:
        yield {"type": "input_file", "file_url": media.url}
    else:
        lost.add("files by id")


def _is_openais(file_id: str) -> bool:
    """Google's ids are paths, and nothing that OpenAI holds."""
    return bool(file_id) and "/" not in file_id


def _assistant(turn: Message, lost: Losses) -> Iterator[Wire]:
    said: list[Wire] = []
    for block in turn.blocks:
        if isinstance(block, Text | Refusal):
            said.append(_said(block, lost))
            continue
        if said:
            yield {"type": "message", "role": "assistant", "content": said}
            said = []
        yield from _item(block, lost)
    if said:
        yield {"type": "message", "role": "assistant", "content": said}


def _said(block: Text | Refusal, lost: Losses) -> Wire:
    if isinstance(block, Refusal):
        return {"type": "refusal", "refusal": block.text}
    if block.cache:
        lost.add("cache markers")
    return {"type": "output_text", "text": block.text}


def _item(block: Block, lost: Losses) -> Iterator[Wire]:
    match block:
        case Thinking():
            yield sealed.item(block)
        case ToolCall():
            if block.cache:
                lost.add("cache markers")
            if block.signature:
                yield sealed.written("", sealed.OF_CALL + block.signature)
            call = {"call_id": block.id, "name": block.name, "arguments": block.arguments or "{}"}
            yield {"type": "function_call", **call}
        case Media():
            lost.add(f"{block.kind} in answers")
        case ToolResult():
            lost.add("tool results in answers")
