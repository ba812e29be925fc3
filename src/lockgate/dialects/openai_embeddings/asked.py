"""What is asked: one text or many, as texts or as numbers of tokens. OpenAI API reference, "Create embeddings"."""

from typing import Any

import msgspec
from msgspec import Raw

from lockgate.core.body import Headed
from lockgate.core.wanted import Wanted

_items = msgspec.json.Decoder(list[Any])
_list = msgspec.json.Decoder(list[Raw])
_LIST = ord("[")
_NUMBER = frozenset(b"-0123456789")


def _inputs(body: Headed) -> list[Raw]:
    raw = body.top.get("input")
    return _list.decode(raw) if raw is not None and memoryview(raw)[0] == _LIST else []


def _first(raw: Raw) -> int:
    return memoryview(raw)[0]


def wanted(body: Headed) -> Wanted:
    """No token is written. A list of numbers is one input."""
    inputs = _inputs(body)
    return Wanted(0, 1, 1 if not inputs or _first(inputs[0]) in _NUMBER else len(inputs))


def unread(body: Headed) -> str:
    """Where the first of what is there as numbers stands: the tokenizer is the model's, and nobody here knows it."""
    for number, raw in enumerate(_inputs(body)):
        if _first(raw) in _NUMBER:
            return "input"
        if _first(raw) == _LIST and any(isinstance(each, int | float | list) for each in _items.decode(raw)):
            return f"input.{number}"
    return ""
