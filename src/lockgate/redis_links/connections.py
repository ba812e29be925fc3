"""Connections to Redis. One whose call did not come to its end is closed and never used again: its next answer is not ours."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

from redis.asyncio.connection import AbstractConnection
from redis.exceptions import BusyLoadingError, MovedError, ReadOnlyError, RedisError, ResponseError

from lockgate.core.store import StoreError

Command = tuple[bytes | str | int, ...]
MOST = 32
"""Connections of one process. Who finds none free waits, within the deadline."""


NONSENSE = "Redis says what it should not"


class Link:
    """A connection, and the process of Redis that is at its other end: a memory belongs to that."""

    __slots__ = ("connection", "run")

    def __init__(self, connection: AbstractConnection) -> None:
        self.connection = connection
        self.run = b""

    async def open(self) -> None:
        await self.connection.connect()  # type: ignore[no-untyped-call]  # theirs
        (about,) = await self.ask([(b"INFO", b"server")])
        if not isinstance(about, bytes):  # a user who may not ask, or no Redis
            raise StoreError(f"Redis says of itself: {about}" if isinstance(about, ResponseError) else NONSENSE)
        lines = dict(line.partition(b":")[::2] for line in about.splitlines())
        self.run = lines.get(b"run_id", b"") or b"unknown"

    async def ask(self, commands: Sequence[Command]) -> list[Any]:
        """The answers, in order; an error that Redis answers stands in its place."""
        if not self.connection.is_connected:  # it would connect anew by itself, to whoever is there now
            raise StoreError("the connection is closed")
        await self.connection.send_packed_command(self.connection.pack_commands(commands), check_health=False)
        answers: list[Any] = []
        for _ in commands:
            try:
                answers.append(await self.connection.read_response())
            except ResponseError as error:
                answers.append(error)
        return answers

    async def close(self) -> None:
        await self.connection.disconnect(nowait=True)


class Connections:
    """The newest one that is free is taken first, so that those that a crowd needed grow old and are closed."""

    def __init__(self, make: Callable[[], AbstractConnection], most: int = MOST) -> None:
        self._make = make
        self._free: list[Link] = []
        self._places = asyncio.Semaphore(most)
        self._closed = False

    async def call(self, commands: Callable[[bytes], Sequence[Command]], seconds: float) -> list[Any]:
        """Sends what `commands` makes of the process at the other end. `StoreError` when there is no answer in time."""
        try:
            async with asyncio.timeout(seconds), self._places:
                return await self._with_link(commands)
        except TimeoutError as error:
            raise StoreError(f"no answer within {seconds * 1000:.0f} ms") from error
        except (
            RedisError,
            OSError,
            ValueError,
            RecursionError,
        ) as error:  # the last two of what is no answer of a Redis
            raise StoreError(f"{type(error).__name__}: {error}") from error

    async def _with_link(self, commands: Callable[[bytes], Sequence[Command]]) -> list[Any]:
        link = self._free.pop() if self._free else Link(self._make())
        whole = False
        try:
            if not link.run:
                await link.open()
            answers = await link.ask(commands(link.run))
            whole = not any(isinstance(answer, _ELSEWHERE) for answer in answers)
        finally:
            if whole and not self._closed:
                self._free.append(link)
            else:
                await link.close()
        return answers

    async def aclose(self) -> None:
        self._closed = True
        while self._free:
            await self._free.pop().connection.disconnect()


_ELSEWHERE = (ReadOnlyError, MovedError, BusyLoadingError)
"""The one at the other end is not the one that should be there: the name may mean another one by now."""
