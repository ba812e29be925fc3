"""One request that is about to be answered, well or badly: what every fault has in its hands."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from lockgate.app.faulty.answers import Sound
from lockgate.app.faulty.history import Entry
from lockgate.app.faulty.peer import Headers, Peer

CHUNKED = b"transfer-encoding: chunked"


@dataclass(frozen=True, slots=True)
class Play:
    """`pace` multiplies every pause, so that tests need not wait. `argument` is what stands behind the fault's name."""

    peer: Peer
    sound: Sound
    entry: Entry
    pace: float
    argument: str = ""

    async def pause(self, seconds: float) -> None:
        await asyncio.sleep(seconds * self.pace)

    async def well(self) -> bool:
        """The whole answer as it should be. The connection is good for the next request."""
        sound = self.sound
        if not sound.stream or sound.status != 200:
            await self.whole(sound.status, sound.headers, sound.pieces[0])
        else:
            await self.streamed(sound.pieces)
        return True

    async def whole(self, status: int, headers: Headers, body: bytes) -> None:
        self.entry.status = status
        await self.peer.whole(status, headers, body)
        self.entry.sent, self.entry.ended = 1, "whole"

    async def streamed(self, pieces: tuple[bytes, ...]) -> None:
        await self.begun()
        for piece in pieces:
            await self.piece(piece)
        await self.peer.send(b"0\r\n\r\n")
        self.entry.ended = "whole"

    async def begun(self, *framing: bytes) -> None:
        """The head of the answer that was asked for."""
        self.entry.status = self.sound.status
        await self.peer.head(self.sound.status, self.sound.headers, *(framing or (CHUNKED,)))

    async def piece(self, data: bytes) -> None:
        await self.peer.chunk(data)
        self.entry.sent += 1

    async def half(self) -> None:
        """The first half of the answer, and no more: of a stream, its first frames; of a body, its first bytes."""
        sound = self.sound
        if sound.stream:
            await self.begun()
            for piece in sound.pieces[: len(sound.pieces) // 2]:
                await self.piece(piece)
        else:
            await self.begun(b"content-length: %d" % len(sound.whole))
            await self.peer.send(sound.whole[: len(sound.whole) // 2])

    async def silent(self) -> bool:
        """Nothing more, until the client has had enough."""
        await self.peer.left()
        self.entry.ended = "client_gone"
        return False


Fault = Callable[[Play], Awaitable[bool]]
"""Answers, somehow. True: the connection is good for another request."""
