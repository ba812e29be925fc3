"""What messages have to be for Mistral: its own parts, ids of nine characters, and no field that it does not know."""

import re
from collections.abc import Callable
from hashlib import sha256
from typing import Any

from lockgate.dialects.openai_chat import copies
from lockgate.dialects.openai_chat.copies import Node

_FITS = re.compile(r"[a-zA-Z0-9]{9}")
_LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_KNOWN = {
    "system": {"role", "content"},
    "user": {"role", "content"},
    "assistant": {"role", "content", "tool_calls", "prefix"},
    "tool": {"role", "content", "tool_call_id", "name"},
}
_WORDS = {
    "reasoning": "thinking",
    "reasoning_content": "thinking",
    "reasoning_details": "thinking",
    "name": "names of speakers",
    "cache_control": "cache markers",
    "refusal": "refusals",
    "audio": "audio in answers",
    "images": "image in answers",
}


def nine(id_: str) -> str:
    """An id of exactly nine letters and digits. The same for a call and its result; one that fits stays."""
    if _FITS.fullmatch(id_):
        return id_
    number = int.from_bytes(sha256(id_.encode("utf-8", "surrogatepass")).digest()[:8])
    letters = ""
    for _ in range(9):
        number, digit = divmod(number, 62)
        letters += _LETTERS[digit]
    return letters


def _change(message: Node) -> tuple[str, ...]:
    if message.get("role") == "developer":
        message["role"] = "system"
    lost: dict[str, None] = {}
    _content(message, lost)
    if isinstance(message.get("tool_call_id"), str):
        message["tool_call_id"] = nine(message["tool_call_id"])
    if isinstance(message.get("tool_calls"), list):
        message["tool_calls"] = [_call(call, lost) for call in message["tool_calls"]]
    known = _KNOWN.get(str(message.get("role")))
    for key in [key for key in message if known is not None and key not in known]:
        if message.pop(key):
            lost[_WORDS.get(key, f"messages.{key[:64]}")] = None
    return tuple(lost)


def _call(call: Any, lost: dict[str, None]) -> Any:
    if not isinstance(call, dict):
        return call
    if "extra_content" in call:
        lost["tool call signatures"] = None
        call = copies.without_key(call, "extra_content")
    return {**call, "id": nine(call["id"])} if isinstance(call.get("id"), str) else call


def _content(message: Node, lost: dict[str, None]) -> None:
    """A refusal's words are kept as content where there is no other."""
    if isinstance(message.get("refusal"), str) and not message.get("content") and not message.get("tool_calls"):
        message["content"] = message.pop("refusal")
    if isinstance(message.get("content"), list):
        message["content"] = [_part(part, lost) for part in message["content"]]


def _part(part: Any, lost: dict[str, None]) -> Any:
    if not isinstance(part, dict):
        return part
    if "cache_control" in part:
        lost["cache markers"] = None
        part = copies.without_key(part, "cache_control")
    kind = part.get("type")
    change = _PARTS.get(kind) if isinstance(kind, str) else None
    return change(part) if change else part


def _audio(part: Node) -> Node:
    inner = part.get("input_audio")
    data = inner.get("data") if isinstance(inner, dict) else None
    return {"type": "input_audio", "input_audio": data} if isinstance(data, str) else part


def _file(part: Node) -> Node:
    inner = part.get("file")
    if not isinstance(inner, dict):
        return part
    if isinstance(inner.get("file_id"), str):
        return {"type": "file", "file_id": inner["file_id"]}
    data = inner.get("file_data")
    if not isinstance(data, str):
        return part
    url = data if data.startswith("data:") else f"data:application/pdf;base64,{data}"
    named = {"document_name": inner["filename"]} if isinstance(inner.get("filename"), str) else {}
    return {"type": "document_url", "document_url": url, **named}


def _refusal(part: Node) -> Node:
    return {"type": "text", "text": part.get("refusal", "")}


_PARTS: dict[str, Callable[[Node], Node]] = {"input_audio": _audio, "file": _file, "refusal": _refusal}

adapt = copies.messages(
    _change,
    b'"developer"',
    b'"tool_call',
    b'"refusal"',
    b'"input_audio"',
    b'"file"',
    b'"cache_control"',
    b'"name"',
    b'"reasoning',
    b'"audio"',
    b'"images"',
    b'"annotations"',
    b'"function_call"',
)
