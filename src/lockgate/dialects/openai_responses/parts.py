"""Parts of messages and of results, to blocks."""

from collections.abc import Callable
from typing import Any

from lockgate.core.chat import Block, Media, Refusal, Text
from lockgate.dialects.openai_chat.parts import located, object_at, text_at, wrong

Part = dict[str, Any]

_AUDIO = {"wav": "audio/wav", "mp3": "audio/mpeg"}
FORMATS = {"audio/wav": "wav", "audio/x-wav": "wav", "audio/wave": "wav", "audio/mpeg": "mp3", "audio/mp3": "mp3"}
_KNOWN = {
    "input_text": {"text"},
    "output_text": {"text", "logprobs"},
    "text": {"text"},
    "refusal": {"refusal"},
    "input_image": {"image_url", "file_id", "detail"},
    "input_file": {"file_data", "file_id", "file_url", "filename"},
    "input_audio": {"input_audio"},
}


def blocks(content: Any, where: str, unsaid: list[str]) -> list[Block]:
    """The blocks of a content. Names what it cannot carry in `unsaid`."""
    if content is None:
        return []
    if isinstance(content, str):
        return [Text(content)] if content else []
    if not isinstance(content, list):
        raise wrong(where, "a string or an array of parts")
    found: list[Block] = []
    for i, part in enumerate(content):
        here = f"{where}.{i}"
        if not isinstance(part, dict):
            raise wrong(here, "an object")
        kind = kind_of(part)
        reader = _READERS.get(kind)
        if reader is None:
            unsaid.append(f"{here} ({kind or 'no type'})")
            continue
        found.append(reader(part, here))
        unsaid.extend(f"{here}.{key[:64]}" for key in part if key not in _KNOWN[kind] and key != "type" and part[key])
    return found


def kind_of(node: Part) -> str:
    kind = node.get("type")
    return kind[:40] if isinstance(kind, str) else ""


def _text(part: Part, where: str) -> Block:
    if not isinstance(part.get("text"), str):
        raise wrong(f"{where}.text", "a string")
    return Text(part["text"])


def _refusal(part: Part, where: str) -> Block:
    return Refusal(text_at(part, "refusal", where))


def _image(part: Part, where: str) -> Block:
    detail = text_at(part, "detail", where)
    if url := text_at(part, "image_url", where):
        return located("image", url, detail)
    if file_id := text_at(part, "file_id", where):
        return Media("image", file_id=file_id, detail=detail)
    raise wrong(f"{where}.image_url", "a URL")


def _file(part: Part, where: str) -> Block:
    name = text_at(part, "filename", where)
    if data := text_at(part, "file_data", where):
        return located("file", data, name=name) if ":" in data[:10] else Media("file", data=data, name=name)
    if url := text_at(part, "file_url", where):
        return Media("file", url=url, name=name)
    return Media("file", file_id=text_at(part, "file_id", where), name=name)


def _audio(part: Part, where: str) -> Block:
    inner, here = object_at(part, "input_audio", where), f"{where}.input_audio"
    format_ = text_at(inner, "format", here)
    mime = _AUDIO.get(format_, f"audio/{format_}" if format_ else "")
    return Media("audio", mime=mime, data=text_at(inner, "data", here))


_READERS: dict[str, Callable[[Part, str], Block]] = {
    "input_text": _text,
    "output_text": _text,
    "text": _text,
    "refusal": _refusal,
    "input_image": _image,
    "input_file": _file,
    "input_audio": _audio,
}
