"""Content parts of a request, to blocks. OpenAI's own, and those that Mistral, OpenRouter and vLLM add."""

from collections.abc import Callable
from typing import Any

from lockgate.core.chat import Block, Media, MediaKind, Refusal, Text, Thinking
from lockgate.core.problem import Kind, Problem

Part = dict[str, Any]

_AUDIO = {"wav": "audio/wav", "mp3": "audio/mpeg"}
FORMATS = {"audio/wav": "wav", "audio/x-wav": "wav", "audio/wave": "wav", "audio/mpeg": "mp3", "audio/mp3": "mp3"}
_KNOWN = {
    "text": {"text"},
    "refusal": {"refusal"},
    "image_url": {"image_url"},
    "video_url": {"video_url"},
    "input_audio": {"input_audio"},
    "file": {"file", "file_id"},
    "document_url": {"document_url", "document_name"},
    "thinking": {"thinking", "signature", "closed"},
}
_ALWAYS = {"type", "cache_control"}


def wrong(where: str, expected: str) -> Problem:
    return Problem(Kind.INVALID, f"{where} must be {expected}", where=where)


def text_at(node: Part, key: str, where: str) -> str:
    """A string, or nothing where it is missing or null."""
    value = node.get(key)
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    raise wrong(f"{where}.{key}", "a string")


def object_at(node: Part, key: str, where: str) -> Part:
    value = node.get(key)
    if isinstance(value, dict):
        return value
    raise wrong(f"{where}.{key}", "an object")


def blocks(content: Any, where: str, unsaid: list[str]) -> list[Block]:
    """The blocks of a message's content. Names what it cannot carry in `unsaid`."""
    if content is None:
        return []
    if isinstance(content, str):
        return [Text(content)] if content else []
    if not isinstance(content, list):
        raise wrong(where, "a string or an array of parts")
    found: list[Block] = []
    for i, part in enumerate(content):
        here = f"{where}.{i}"
        if isinstance(part, str):  # not in the standard, but the copies take it
            found.append(Text(part))
            continue
        if not isinstance(part, dict):
            raise wrong(here, "an object")
        block = _block(part, here)
        if block is None:
            unsaid.append(f"{here} ({_kind(part)})")
        else:
            found.append(block)
            unsaid.extend(f"{here}.{key}" for key in part.keys() - _ALWAYS - _KNOWN[_kind(part)] if part[key])
    return found


def _kind(part: Part) -> str:
    kind = part.get("type")
    return kind[:40] if isinstance(kind, str) else "no type"


def _block(part: Part, where: str) -> Block | None:
    reader = _READERS.get(_kind(part))
    return reader(part, where, cache(part.get("cache_control"))) if reader else None


def cache(marker: Any) -> str:
    """OpenRouter's cache marker, as Anthropic has it: `{"type": "ephemeral", "ttl": "1h"}`."""
    if not isinstance(marker, dict) or marker.get("type") != "ephemeral":
        return ""
    ttl = marker.get("ttl")
    return ttl if isinstance(ttl, str) and ttl else "5m"


def located(kind: MediaKind, url: str, detail: str = "", name: str = "", marker: str = "") -> Media:
    """Media at an address; a data URL is taken apart (RFC 2397, base64 only)."""
    head, comma, data = url.partition(",")
    if comma and head[:5].lower() == "data:" and head.endswith(";base64"):
        mime = head[5:-7].partition(";")[0]
        return Media(kind, mime=mime, data=data, name=name, detail=detail, cache=marker)
    return Media(kind, url=url, name=name, detail=detail, cache=marker)


def _text(part: Part, where: str, marker: str) -> Block:
    if not isinstance(part.get("text"), str):
        raise wrong(f"{where}.text", "a string")
    return Text(part["text"], marker)


def _refusal(part: Part, where: str, marker: str) -> Block:
    return Refusal(text_at(part, "refusal", where))


def _addressed(part: Part, key: str, where: str) -> tuple[str, Part]:
    """The URL of `image_url` or `video_url`, which Mistral writes without an object."""
    if isinstance(part.get(key), str):
        return part[key], {}
    inner = object_at(part, key, where)
    return text_at(inner, "url", f"{where}.{key}"), inner


def _image(part: Part, where: str, marker: str) -> Block:
    url, inner = _addressed(part, "image_url", where)
    if not url:
        raise wrong(f"{where}.image_url.url", "a URL")
    return located("image", url, text_at(inner, "detail", f"{where}.image_url"), marker=marker)


def _video(part: Part, where: str, marker: str) -> Block:
    return located("video", _addressed(part, "video_url", where)[0], marker=marker)


def _audio(part: Part, where: str, marker: str) -> Block:
    given = part.get("input_audio")
    if isinstance(given, str):  # Mistral: base64 or an address
        return located("audio", given) if ":" in given[:10] else Media("audio", data=given, cache=marker)
    inner, here = object_at(part, "input_audio", where), f"{where}.input_audio"
    format_ = text_at(inner, "format", here)
    mime = _AUDIO.get(format_, f"audio/{format_}" if format_ else "")
    return Media("audio", mime=mime, data=text_at(inner, "data", here), cache=marker)


def _file(part: Part, where: str, marker: str) -> Block:
    if "file" not in part:  # Mistral
        return Media("file", file_id=text_at(part, "file_id", where), cache=marker)
    inner, here = object_at(part, "file", where), f"{where}.file"
    name = text_at(inner, "filename", here)
    if data := text_at(inner, "file_data", here):
        if ":" in data[:10]:
            return located("file", data, name=name, marker=marker)
        return Media("file", data=data, name=name, cache=marker)
    return Media("file", file_id=text_at(inner, "file_id", here), name=name, cache=marker)


def _document(part: Part, where: str, marker: str) -> Block:
    name = text_at(part, "document_name", where)
    return located("file", text_at(part, "document_url", where), name=name, marker=marker)


def _thinking(part: Part, where: str, marker: str) -> Block:
    return Thinking(thought(part.get("thinking")), text_at(part, "signature", where))


def thought(pieces: Any) -> str:
    """The text of Mistral's thinking: a list of text pieces, or one text."""
    if isinstance(pieces, str):
        return pieces
    listed = pieces if isinstance(pieces, list) else []
    texts = [piece.get("text") for piece in listed if isinstance(piece, dict)]
    return "".join(text for text in texts if isinstance(text, str))


_READERS: dict[str, Callable[[Part, str, str], Block]] = {
    "text": _text,
    "refusal": _refusal,
    "image_url": _image,
    "video_url": _video,
    "input_audio": _audio,
    "file": _file,
    "document_url": _document,
    "thinking": _thinking,
}
