"""A deadline for what is awaited, as `asyncio.timeout_at` has it, but for time in which this process stood still."""

import asyncio
from types import TracebackType
from typing import final

from lockgate.transports.http.alarm import Alarm


@final
class Patience:
    """`async with Patience(loop, limit)`: raises `TimeoutError` for a body that is not done at that loop time."""

    __slots__ = ("_alarm", "_limit", "_loop", "_timeout")

    def __init__(self, loop: asyncio.AbstractEventLoop, limit: float) -> None:
        self._loop = loop
        self._limit = limit
        self._timeout = asyncio.timeout(None)
        self._alarm = Alarm(loop, self._over)

    async def __aenter__(self) -> None:
        await self._timeout.__aenter__()
        self._alarm.set(self._limit)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._alarm.cancel()
        await self._timeout.__aexit__(kind, error, trace)

    def _over(self) -> None:
        self._timeout.reschedule(self._loop.time())
