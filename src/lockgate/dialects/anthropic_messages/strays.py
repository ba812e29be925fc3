"""Deltas that no event is for: of kinds to come, and more of a call that never began. Their words are followed all the same."""

from collections.abc import Iterator
from typing import Any

import msgspec

from lockgate.codec import sse
from lockgate.core.body import Path
from lockgate.core.events import Stray
from lockgate.core.problem import Kind, Problem
from lockgate.core.slots import walk

MOST = 256
"""Words at so many places are told apart."""
_decode = msgspec.json.Decoder(dict[str, Any]).decode


class Strays:
    """Of one answer."""

    __slots__ = ("_parts",)

    def __init__(self) -> None:
        self._parts: dict[tuple[int, Path], int] = {}

    def of(self, frame: bytes, index: int) -> Iterator[Stray]:
        """What stands at one place of one block's deltas is one text."""
        try:
            delta = _decode(sse.data(frame)).get("delta")
        except (ValueError, RecursionError) as error:
            raise Problem(Kind.BAD_UPSTREAM, "the upstream sent a broken delta", source="upstream") from error
        for slot in walk(delta, lambda path: None if path[-1] == "type" else "opaque"):
            part = self._parts.setdefault((index, slot.path), min(len(self._parts), MOST))
            yield Stray(part, slot.text)
