"""A document of JSON as its strings say it, without reading it: enough for a quick look at all of them at once."""

_BACKSLASH = b"\\\\"
_NOWHERE = b"\0"
"""Stands in no document, and for a backslash that is one while the others are undone: what stands behind it is no escape."""
_SAID = ((b"\\n", b"\n"), (b"\\r", b"\r"), (b"\\t", b"\t"), (b"\\f", b"\f"), (b"\\b", b"\b"), (b'\\"', b'"'))
_ENDS = tuple(escape for escape, said in _SAID if said != b'"')


def plain(wire: bytes) -> bytes | None:
    """Without the escapes of backslashes, ends of lines and quotes. None: there are others."""
    if b"\\" not in wire:
        return wire
    wire = wire.replace(_BACKSLASH, _NOWHERE)
    for escape, said in _SAID:
        wire = wire.replace(escape, said)
    if b"\\u" in wire:
        return None
    return wire.replace(_NOWHERE, b"\\")


def lined(plain: bytes) -> bytes | None:
    """As a document within says it, in arguments of a tool, say: `encoding.lined` of all its strings. None: it is the same."""
    if b"\\" not in plain:
        return None
    said = plain
    for escape in _ENDS:
        said = said.replace(escape, b" \n")
    return None if said == plain else said
