"""Back-pressure of one connection, as uvicorn's, without an event: of thousands of connections hardly any ever waits."""

import asyncio
from typing import final

from uvicorn.protocols.http.flow_control import FlowControl


@final
class Flow(FlowControl):
    """Holds 1 KiB less per connection: who waits makes the future to wait for."""

    __slots__ = ("_loop", "_waiting")

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self._loop = loop
        self.read_paused = self.write_paused = False
        self._waiting: list[asyncio.Future[None]] | None = None

    async def drain(self) -> None:
        """Until the client took enough of what was written."""
        if not self.write_paused:
            return
        if self._waiting is None:
            self._waiting = []
        future = self._loop.create_future()
        self._waiting.append(future)
        await future

    def pause_writing(self) -> None:
        self.write_paused = True

    def resume_writing(self) -> None:
        self.write_paused = False
        waiting, self._waiting = self._waiting, None
        for future in waiting or ():
            if not future.done():
                future.set_result(None)
