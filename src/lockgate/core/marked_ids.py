"""Ids in a JSON document, with marks in their place; all else in it keeps its bytes."""

import re
from collections.abc import Callable, Iterable
from functools import partial

import msgspec

_encode = msgspec.json.Encoder().encode


def with_marks(document: bytes, ids: Iterable[tuple[str, str]], mark: Callable[[str], str]) -> bytes:
    """`ids` are fields and what they say. They are found as the value of that field and nowhere in a text, where quotes are escaped."""
    for field, id_ in dict.fromkeys(ids):
        marked = _encode(mark(id_))
        if id_ and (plain := _encode(id_)) != marked:
            place = re.compile(rb'("%b"\s*:\s*)%b' % (re.escape(field.encode()), re.escape(plain)))
            document = place.sub(partial(_put, marked), document)
    return document


def _put(marked: bytes, found: re.Match[bytes]) -> bytes:
    return found[1] + marked
