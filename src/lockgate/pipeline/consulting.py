"""A streamed answer under rules that ask elsewhere: chunks of the upstream in, what may go on out, in the upstream's own dialect.

It stands between the upstream's body and the lane, and is a body itself. Local rules come first, so that what they mask is
not told to anybody else. While somebody is asked, nothing more is read.
"""

from collections.abc import AsyncIterator, Sequence
from time import perf_counter
from typing import final

from msgspec import structs

from lockgate.core.dialect import Framing
from lockgate.core.events import Ended, Event, Started
from lockgate.core.http import Incoming
from lockgate.core.problem import Problem
from lockgate.pipeline.hold import Holdback, Release
from lockgate.pipeline.lanes import Sides, heard
from lockgate.pipeline.ledger import Ledger
from lockgate.pipeline.review import Review
from lockgate.pipeline.spoken import kept
from lockgate.pipeline.verdicts import ask
from lockgate.pipeline.windows import Windows


@final
class Consulting:
    """Gives whole frames. Raises what the body raises, and the `Problem` of a rule that blocks; nothing comes behind either."""

    def __init__(
        self,
        sides: Sides,
        review: Review,
        ledger: Ledger,
        peeked: Sequence[bytes],
        body: Incoming,
        *,
        framing: Framing | None = None,
    ) -> None:
        dialect, asked = sides.source, sides.asked
        self._framing, self._decoder = framing or dialect.framing(asked), dialect.decoder(asked)
        self._encoder = dialect.encoder(structs.replace(asked, usage=True))
        self._sides, self._review, self._ledger, self._body = sides, review, ledger, body
        self._peeked = list(reversed(peeked))
        self._local = Holdback(review.rules, ledger, source=(dialect, asked))
        self._waiting = Windows(review.remote.window, ledger)
        self._ready: list[bytes] = []
        self._failure: Problem | ValueError | None = None
        self._over = False

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def begin(self) -> None:
        """Until something may leave, or never will: who waits for the answer to begin is told signs of life meanwhile."""
        ledger, started, waited = self._ledger, perf_counter(), self._ledger.waited
        try:
            await self._some()
        except (Problem, ValueError) as error:
            self._failure, self._over = error, True
        finally:
            ledger.waited = waited + perf_counter() - started

    async def __anext__(self) -> bytes:
        if self._failure is not None:
            failure, self._failure = self._failure, None
            raise failure
        await self._some()
        if not self._ready:
            raise StopAsyncIteration
        ready, self._ready = b"".join(self._ready), []
        return ready

    async def _some(self) -> None:
        try:
            while not self._ready and not self._over:
                await self._step()
        except Problem as problem:
            self._over = True
            raise await self._review.told(problem) from None

    async def read(self) -> bytes:
        return b"".join([chunk async for chunk in self])

    async def aclose(self) -> None:
        self._over = True
        await self._body.aclose()

    async def _step(self) -> None:
        chunk = self._peeked.pop() if self._peeked else await anext(self._body, None)
        if chunk is None:
            self._over = True
            self._frames(self._framing.end())
            self._take(self._local.feed(b"", self._noted(self._decoder.end())))
            self._take(self._local.end())
            self._waiting.close()
        else:
            if self._ledger.digests is not None:
                self._ledger.digests.upstream.update(chunk)
            self._frames(self._framing.feed(chunk))
        if self._waiting.due:
            rules = await ask(self._waiting.texts(), self._review.remote, self._ledger)
            self._let_go(self._waiting.clear(rules))

    def _frames(self, frames: Sequence[bytes]) -> None:
        for frame in frames:
            self._take(self._local.feed(frame, self._noted(heard(self._decoder, frame, self._sides, self._ledger))))

    def _noted(self, events: Sequence[Event]) -> Sequence[Event]:
        """What was counted is paid, whether it leaves or not."""
        for event in events:
            if isinstance(event, Started | Ended):
                self._ledger.counted(event.usage)
        return events

    def _take(self, releases: Sequence[Release]) -> None:
        for release in releases:
            self._waiting.take(release)

    def _let_go(self, releases: Sequence[Release]) -> None:
        """The encoder sees every event, so that it can take over from the original frames at any point."""
        for release in releases:
            events = release.events if release.frame is None else kept(release.events)
            encoded = b"".join([self._encoder.feed(event) for event in events])
            out = encoded if release.frame is None else release.frame
            if out:
                self._ready.append(out)
