"""Small requests that come together are looked at in one go: that nothing is in any of them takes little longer to see than of one.

What is seen of them together is only that: where there may be something in one of them, it is looked at by itself, as all others are.
"""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import suppress
from itertools import accumulate, chain
from operator import attrgetter
from typing import Literal, final

from msgspec import Struct, ValidationError
from msgspec.json import Decoder

from lockgate.core.base64_text import may_hold
from lockgate.core.body import Body, Headed
from lockgate.core.engine import Engine

MOST, ROOM = 8192, 24_576
"""Bytes of a request that is small, and of those that wait until they are looked at: then the last one does not wait any more."""
_ONLY = {"messages"}
_NAMES = frozenset(("messages", "role", "content"))

NOBODY: Mapping[str, str] = {}
Said = tuple[str, str]
"""A text and its place."""
Came = Literal["calm", "suspicious", "stirring"]
"""Nothing is in it; a pattern may find something; only those who read may."""


class _Message(Struct, gc=False, forbid_unknown_fields=True):
    role: str
    content: str


_ROLE, _CONTENT = attrgetter("role"), attrgetter("content")
_messages = Decoder(list[_Message]).decode


@final
class Brief:
    """One that waits. `came_to` is None until it was looked at, and stays so where that failed."""

    __slots__ = ("came_to", "texts", "wire")

    def __init__(self, wire: bytes, texts: Sequence[Said]) -> None:
        self.wire, self.texts = wire, texts
        self.came_to: Came | None = None


@final
class Briefs:
    """For one set of rules. `guards`: all that they ask; `reading`: those of them that read whole texts, and of which places; None
    is all.
    """

    __slots__ = ("_alone", "_engine", "_guards", "_reading", "_room", "_waiting")

    def __init__(
        self, engine: Engine, guards: frozenset[int], reading: Sequence[tuple[int, AbstractSet[str] | None]] = ()
    ) -> None:
        self._engine, self._guards, self._reading = engine, guards, reading
        self._waiting: list[Brief] = []
        self._room, self._alone = ROOM, False

    def join(self, body: Body, roles: Mapping[str, str] = NOBODY) -> Brief | None:
        """None where it is large, or may hold a file; and where texts are read and there is more than messages of one role and one text.

        A name or a role has to be one of which all who read know that there is nothing in it.
        """
        wire, texts = body.wire(), list[Said]()
        if len(wire) > MOST:
            return None
        if self._reading:
            if type(body) is not Headed or body.top.keys() != _ONLY:
                return None
            try:
                messages = _messages(body.top["messages"])
                texts = list(zip(map(_CONTENT, messages), map(roles.__getitem__, map(_ROLE, messages)), strict=True))
            except (ValidationError, KeyError):
                return None
            dull = self._engine.dull
            if not dull >= _NAMES or not all(map(dull.__contains__, map(_ROLE, messages))):
                return None
        elif may_hold(wire):
            return None
        self._waiting.append(brief := Brief(wire, texts))
        self._room -= len(wire)
        if self._room <= 0:
            self._look()
        return brief

    def came_to(self, brief: Brief) -> Came | None:
        """With all that came meanwhile."""
        if brief.came_to is None and self._waiting:
            self._look()
        return brief.came_to

    def _look(self) -> None:
        waiting, self._waiting, self._room = self._waiting, [], ROOM
        with suppress(Exception):  # whatever it is, it comes again where each is looked at by itself
            calm = self._calm(waiting)
            stirring = self._stirring([each.texts for each in calm]) if self._reading else ()
            for number, each in enumerate(calm):
                each.came_to = "stirring" if number in stirring else "calm"

    def _calm(self, waiting: Sequence[Brief]) -> Sequence[Brief]:
        """Those in which no pattern finds anything. Where one of them is not calm, the next that come are not looked at together."""
        suspicious, guards = self._engine.suspicious, self._guards
        if not self._alone and not suspicious(b"\n".join([each.wire for each in waiting]), guards):
            return waiting
        calm: list[Brief] = []
        for each in waiting:
            if suspicious(each.wire, guards):
                each.came_to = "suspicious"
            else:
                calm.append(each)
        self._alone = len(calm) < len(waiting)
        return calm

    def _stirring(self, every: Sequence[Sequence[Said]]) -> AbstractSet[int]:
        """The numbers of those in which one that reads may find something."""
        texts, found = list(chain.from_iterable(every)), set[int]()
        for guard, places in self._reading:
            if places is None:
                found.update(self._engine.stirring(guard, texts))
            else:
                own = [number for number, (_, place) in enumerate(texts) if place in places]
                found.update([own[at] for at in self._engine.stirring(guard, [texts[number] for number in own])])
        if not found:
            return found
        ends = list(accumulate(map(len, every)))
        return {bisect_right(ends, number) for number in found}
