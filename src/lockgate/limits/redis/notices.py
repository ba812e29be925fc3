"""The board of notices in Redis, for gateways that share it. What somebody else may have written there is not believed blindly."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, final

from lockgate.core.notice import MOST_TIMES, Notice
from lockgate.core.store import StoreError
from lockgate.limits.redis.scripted import DEADLINE, Scripted
from lockgate.limits.redis.scripts import NOTICES
from lockgate.redis_links.connections import Connections

_KEYS = (b"{lockgate}:notices", b"{lockgate}:notices:version")
_DIGEST = re.compile(rb"[0-9a-f]{16}")
_NUMBERS = re.compile(rb"(\d{1,12}):(\d{1,12}):(\d{1,12}):(\d{1,12}):(\d{1,16})")
MOST_SECONDS = 3600.0


@final
class RedisNotices:
    """The port `Board`: one script in one round trip, by the clock of Redis."""

    def __init__(self, connections: Connections, deadline: float = DEADLINE) -> None:
        self._redis, self._deadline = Scripted(connections), deadline
        self._version = b""

    async def exchange(self, mine: Sequence[Notice]) -> Sequence[Notice] | None:
        known, told = self._version, [word for notice in mine for word in _words(notice)]
        self._version = b""  # who gets no answer does not know what it was told
        found = await self._redis.run(NOTICES, _KEYS, lambda run: (known, *told), self._deadline)
        if not isinstance(found, list) or not found or not all(isinstance(each, bytes) for each in found):
            raise StoreError("Redis says what it should not")
        self._version = found[0]
        return None if found[0] == known and known else tuple(_read(found[1:]))

    async def aclose(self) -> None:
        await self._redis.aclose()


def _words(notice: Notice) -> Iterable[bytes | int]:
    age = _millis(notice.age) if notice.age < MOST_SECONDS else -1
    out, cool = _millis(notice.out), _millis(notice.cool)
    return b"%016x" % notice.digest, out, notice.ejections, cool, int(notice.headroom * 1000), age


def _read(found: list[Any]) -> Iterator[Notice]:
    for name, value in zip(found[::2], found[1::2], strict=False):
        if _DIGEST.fullmatch(name) and (numbers := _NUMBERS.fullmatch(value)):
            out, times, cool, room, age = map(int, numbers.groups())
            if room <= 1000:
                ends = min(out / 1000, MOST_SECONDS), min(times, MOST_TIMES), min(cool / 1000, MOST_SECONDS)
                yield Notice(int(name, 16), *ends, room / 1000, age / 1000)


def _millis(seconds: float) -> int:
    return max(0, int(min(seconds, MOST_SECONDS) * 1000))
