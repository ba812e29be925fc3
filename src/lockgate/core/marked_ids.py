"""Ids in a JSON document, with marks in their place; all else in it keeps its bytes."""

import re
from collections.abc import Callable, Iterable

import msgspec

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(str).decode
_FIELD = re.compile(rb'(?<!\\)"((?:[a-z]+_)?id)"(\s*:\s*)("(?:[^"\\]|\\.)*")')
"""Every field that is called an id, with what it says. Inside a text, quotes are escaped."""


def with_marks(document: bytes, ids: Iterable[tuple[str, str]], mark: Callable[[str], str]) -> bytes:
    """`ids` are fields, as `id` or `…_id`, and what they say. Wherever such a field says so it has the mark, found in one pass, for there may be many."""
    known = frozenset(ids)
    if not known:
        return document

    def put(found: re.Match[bytes]) -> bytes:
        field, between, said = found.groups()
        try:
            id_ = _decode(said)
        except ValueError:
            return found[0]
        if not id_ or (field.decode(), id_) not in known or (marked := mark(id_)) == id_:
            return found[0]
        return b'"%b"%b%b' % (field, between, _encode(marked))

    return _FIELD.sub(put, document)
