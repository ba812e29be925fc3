"""The faulty upstream's listener: reads requests, finds what each is to get, writes down what became of it."""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress

from lockgate.app.faulty.answers import echoed, sound
from lockgate.app.faulty.asked import Asked, NotHttpError, read
from lockgate.app.faulty.faults import FAULTS, named
from lockgate.app.faulty.history import Entry, History
from lockgate.app.faulty.peer import Ears, Peer
from lockgate.app.faulty.play import Fault, Play

PREFIX = "faulty-"


class Faulty:
    """Answers connections. `pace` multiplies every pause; `words` makes the text of an answer from the request's nonce."""

    def __init__(self, history: History, pace: float = 1.0, words: Callable[[str], str] = echoed) -> None:
        self.history = history
        self._pace, self._words = pace, words
        self._open: set[asyncio.Task[None]] = set()

    def protocol(self) -> asyncio.StreamReaderProtocol:
        """A connection's, for `loop.create_server`."""
        ears = Ears()
        return asyncio.StreamReaderProtocol(ears, lambda _, writer: self._connected(ears, writer))

    async def _connected(self, reader: Ears, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._open.add(task)
        try:
            await self._answer_all(Peer(reader, writer))
        except (OSError, NotHttpError, asyncio.CancelledError):
            writer.transport.abort()
        finally:
            self._open.discard(task)
            writer.close()

    @property
    def open(self) -> int:
        """Connections at the moment."""
        return len(self._open)

    async def aclose(self) -> None:
        for task in tuple(self._open):
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)

    async def _answer_all(self, peer: Peer) -> None:
        while (asked := await read(peer.reader)) is not None:
            entry = self._entered(asked)
            try:
                keep = await self._played(peer, asked, entry)
            finally:
                entry.ended = entry.ended or "client_gone"
                entry.ended_at = time.time()
            if not keep:
                return

    async def _played(self, peer: Peer, asked: Asked, entry: Entry) -> bool:
        fault, argument = self._fault(asked.model, entry)
        made = sound(asked, entry.number, int(entry.at), self._words)
        entry.stream, entry.input, entry.output = made.stream, made.input, made.output
        play = Play(peer, made, entry, self._pace, argument)
        return await _watched(peer, fault, play)

    def _entered(self, asked: Asked) -> Entry:
        entry = self.history.begin(time.time(), asked.path)
        entry.model, entry.nonce = asked.model, asked.nonce
        entry.request_id = asked.headers.get("x-request-id", "")
        entry.idempotency_key = asked.headers.get("idempotency-key", "")
        return entry

    def _fault(self, model: str, entry: Entry) -> tuple[Fault, str]:
        ordered = self.history.fault(model)
        wanted = ordered if ordered is not None else model.removeprefix(PREFIX)
        found = named(wanted)
        entry.fault = wanted if found else "ok"
        return found or (FAULTS["ok"], "")


async def _watched(peer: Peer, fault: Fault, play: Play) -> bool:
    """The fault, as long as its client is there."""
    playing = asyncio.ensure_future(fault(play))
    leaving = asyncio.ensure_future(peer.reader.left.wait())
    try:
        await asyncio.wait((playing, leaving), return_when=asyncio.FIRST_COMPLETED)
        if not playing.done():
            await asyncio.wait((playing,), timeout=0)  # it may have seen it by itself
        return playing.done() and playing.result()
    finally:
        leaving.cancel()
        if not playing.done():
            playing.cancel()
            with suppress(asyncio.CancelledError, OSError):
                await playing
