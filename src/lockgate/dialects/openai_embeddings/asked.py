"""What is asked: one text or many, as texts or as numbers of tokens. OpenAI API reference, "Create embeddings"."""

import re
from typing import Any

import msgspec
from msgspec import Raw

from lockgate.core.body import Headed
from lockgate.core.wanted import Wanted

_any = msgspec.json.Decoder()
_list = msgspec.json.Decoder(list[Raw])
_LIST = ord("[")
_NUMBER = frozenset(b"-0123456789")
_MANY = frozenset(b"[{")
_NAMED = re.compile(r"[a-z_]{1,40}").fullmatch


def _first(raw: Raw) -> int:
    return memoryview(raw)[0]


def wanted(body: Headed) -> Wanted:
    """No token is written. A list of numbers is one input. Some servers take inputs under other names, too: `content` is one."""
    return Wanted(0, 1, max(1, sum(_inputs(raw) for raw in body.top.values() if _first(raw) == _LIST)))


def _inputs(raw: Raw) -> int:
    inputs = _list.decode(raw)
    return 1 if inputs and _first(inputs[0]) in _NUMBER else len(inputs)


def unread(body: Headed) -> str:
    """Where the first of what is there as numbers stands: the tokenizer is the model's, and nobody here knows it.

    That is a list with a number in it, in whatever field: no other is known that has one.
    """
    for key, raw in body.top.items():
        if _first(raw) in _MANY and (found := _numbers(_any.decode(raw), key if _NAMED(key) else "a field")):
            return found
    return ""


def _numbers(node: Any, where: str) -> str:
    """Only places in lists are told: names of deeper fields may be anything."""
    stack = [(where, node)]
    while stack:
        where, node = stack.pop()
        if isinstance(node, dict):
            stack += [(where, each) for each in node.values() if isinstance(each, dict | list)]
        elif any(isinstance(each, int | float) for each in node):
            return where
        else:
            stack += [(f"{where}.{i}", each) for i, each in enumerate(node) if isinstance(each, dict | list)][::-1]
    return ""
