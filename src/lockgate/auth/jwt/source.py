"""The keys of one issuer over time: fetched once for all who wait, renewed behind their backs, kept while it is away."""

import asyncio
import logging
import random
import time
from collections.abc import Callable, MutableMapping
from typing import Any, final

from msgspec import Struct

from lockgate.auth.jwt.fetch import Fetch
from lockgate.auth.jwt.keys import KeySet, key_set
from lockgate.core.auth import Shelf
from lockgate.core.problem import Problem

_log = logging.getLogger("lockgate.auth")

FORCED_SECONDS = 10.0
"""How often at most an unknown key's name makes us ask again."""
_LONGEST = 60.0
_KIND = "jwt"
"""Whose places in the memory are meant: other methods keep theirs there, too."""


class Pace(Struct, frozen=True):
    """`refresh`: seconds until keys are fetched again; `stale`: how much longer they are good when that fails."""

    refresh: float = 300.0
    stale: float = 900.0


class Known(Struct, frozen=True):
    """A set of keys and when it was fetched."""

    keys: KeySet
    since: float


def reread(memory: MutableMapping[tuple[str, str], Any], place: str, raw: bytes) -> None:
    """Keys that are here already: a key that is not among them any more is good no longer. `ValueError` for no keys."""
    known: Known | None = memory.get((_KIND, place))
    if known is None or known.keys.raw != raw:
        memory[_KIND, place] = Known(key_set(raw), time.monotonic())


@final
class KeySource:
    """`current` never waits: it is what known keys cost. `first` and `renewed` may wait, for one fetch that all share.

    `memory[place]` has what an earlier configuration knew, so that a reload while the issuer is away changes nothing. On
    `shelf` is what the other workers fetched, or those before them: a worker that begins while the issuer is away knows it.
    """

    def __init__(
        self,
        name: str,
        fetch: Fetch,
        pace: Pace,
        memory: MutableMapping[tuple[str, str], Any],
        place: str,
        *,
        shelf: Shelf | None = None,
        elapsed: Callable[[], float] = time.monotonic,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._name = name
        self._fetch = fetch
        self._pace = pace
        self._memory = memory
        self._place = (_KIND, place)
        self._shelf = shelf
        self._elapsed = elapsed
        self._chance = chance
        self._known: Known | None = memory.get(self._place)
        self._task: asyncio.Task[None] | None = None
        self._next = self._due()
        self._forced = 0.0
        self.failures = 0
        """How often fetching has failed since it last worked."""

    def _due(self) -> float:
        return self._known.since + self._pace.refresh if self._known else 0.0

    def current(self) -> KeySet | None:
        """The keys that are good now; fetched anew in the background when they are due."""
        known, now = self._known, self._elapsed()
        if known is None or now >= known.since + self._pace.refresh + self._pace.stale:
            return None
        if now >= self._next:
            self._start()
        return known.keys

    async def first(self) -> KeySet | None:
        """The keys, fetched now if there are none. None: the issuer cannot be asked, or was not long enough ago."""
        if (keys := self.current()) is None and (self._task or self._elapsed() >= self._next):
            if taken := self._taken():
                self._next = self._due()
            if not taken or self._elapsed() >= self._next:  # by now the issuer may have taken one of them away
                await asyncio.wait({self._start()})
            keys = self.current()
        return keys

    async def renewed(self) -> KeySet | None:
        """After an unknown key's name: fetched again, but not more often than every ten seconds."""
        now = self._elapsed()
        if self._task or now >= self._forced:
            self._forced = now + FORCED_SECONDS
            await asyncio.wait({self._start()})
        return self.current()

    def wait(self) -> float:
        """Seconds until it makes sense to ask again."""
        return max(1.0, self._next - self._elapsed())

    def _taken(self) -> bool:
        """Newer keys than ours, if another process has put some: they are as old as they are."""
        kept = self._shelf.taken(self._place[1]) if self._shelf else None
        if kept is None:
            return False
        raw, age = kept
        known, since = self._known, self._elapsed() - age
        if age >= self._pace.refresh + self._pace.stale or (known and since <= known.since):
            return False
        try:
            keys = known.keys if known and known.keys.raw == raw else key_set(raw)
        except ValueError:
            return False
        self._known = self._memory[self._place] = Known(keys, since)
        return True

    def _start(self) -> "asyncio.Task[None]":
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._renew())
            self._task.add_done_callback(self._done)
        return self._task

    def _done(self, task: "asyncio.Task[None]") -> None:
        self._task = None

    async def _renew(self) -> None:
        try:
            raw = await self._fetch()
            known = self._known
            keys = known.keys if known and known.keys.raw == raw else key_set(raw)
        except (Problem, ValueError) as error:
            self.failures += 1
            pause = min(_LONGEST, 2.0 ** min(self.failures, 10) / 2) * (0.5 + self._chance() / 2)
            self._next = self._elapsed() + pause
            self._taken()
            _log.warning("the keys of issuer %s could not be fetched, again in %.1f s: %s", self._name, pause, error)
            return
        self.failures = 0
        self._known = self._memory[self._place] = Known(keys, self._elapsed())
        if self._shelf is not None:
            self._shelf.put(self._place[1], raw)
        self._next = self._due()
