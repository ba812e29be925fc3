"""The ids of sounds that an answer has, by which its provider knows them in the next turn."""

from collections.abc import Callable, Iterator

import msgspec
from msgspec import Struct

from lockgate.core.marked_ids import with_marks

_HINT = b'"audio"'


class _Sound(Struct, frozen=True):
    id: str | None = None


class _Said(Struct, frozen=True):
    audio: _Sound | None = None


class _Choice(Struct, frozen=True):
    message: _Said | None = None
    delta: _Said | None = None


class _Answer(Struct, frozen=True):
    choices: list[_Choice] | None = None


_answer = msgspec.json.Decoder(_Answer)


def marked(document: bytes, mark: Callable[[str], str]) -> bytes:
    """An answer, or the JSON of a frame."""
    if _HINT not in document:
        return document
    try:
        answer = _answer.decode(document)
    except (ValueError, RecursionError):
        return document
    return with_marks(document, _ids(answer), mark)


def _ids(answer: _Answer) -> Iterator[tuple[str, str]]:
    for choice in answer.choices or ():
        for said in (choice.message, choice.delta):
            if said is not None and said.audio is not None and said.audio.id:
                yield "id", said.audio.id
