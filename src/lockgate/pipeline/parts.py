"""Texts cut into what one question to a remote guard may hold, and findings put back to where they belong."""

import re
from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct, structs

from lockgate.core.guard import Finding
from lockgate.core.remote_guard import Capacity, NoVerdict, Piece

OVERLAP = 200
"""Characters that two parts of a long text have in common: nothing shorter falls between them."""
_LABEL = re.compile(r"[^a-z0-9_.-]+")
_LONGEST = 48


class Part(Struct, frozen=True):
    """A piece, or a part of one, that begins `at` so many of its characters."""

    piece: Piece
    at: int
    whole: Piece


def questions(pieces: Iterable[Piece], capacity: Capacity) -> Iterator[Sequence[Part]]:
    """Every text once, in as few questions as they fit in."""
    waiting: list[Part] = []
    size = 0
    for part in (part for piece in pieces for part in _cut(piece, capacity.characters)):
        length = len(part.piece.text)
        if waiting and (len(waiting) == capacity.pieces or size + length > capacity.characters):
            yield waiting
            waiting, size = [], 0
        waiting.append(part)
        size += length
    if waiting:
        yield waiting


def _cut(piece: Piece, longest: int) -> Iterator[Part]:
    text = piece.text
    step = max(1, longest - OVERLAP)
    for start in range(0, max(1, len(text) - OVERLAP), step) if len(text) > longest else (0,):
        yield Part(structs.replace(piece, text=text[start : start + longest]), start, piece)


def placed(part: Part, found: Sequence[Finding]) -> Iterator[Finding]:
    """As findings of the whole text. Raises `NoVerdict` for what cannot be one: a guard's word is not trusted."""
    for each in found:
        if not 0 <= each.start < each.end <= len(part.piece.text):
            raise NoVerdict("span_out_of_range")
        name = label(each.label)
        instead = f'{{"masked":"[{name.upper()}]"}}' if _is_document(part, each) else None
        yield Finding(part.at + each.start, part.at + each.end, name, each.confidence, instead)


def _is_document(part: Part, found: Finding) -> bool:
    """All of a tool's arguments are meant: what stands there then has to be arguments, too."""
    text = part.whole.text.strip()
    document = part.whole.place == "tool_arguments" and text.startswith("{") and text.endswith("}")
    return document and found.start == 0 and found.end == len(part.whole.text)


def label(said: str) -> str:
    """What stands in records and in masks."""
    return _LABEL.sub("_", said.lower())[:_LONGEST].strip("_") or "finding"
