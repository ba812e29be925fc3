"""Names to addresses: asked once for all who wait, kept for a short time, the last good answer when the resolver fails."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from socket import SOCK_STREAM
from typing import final

from lockgate.core.problem import Kind
from lockgate.transports.http.addresses import Address, parsed
from lockgate.transports.http.failures import failed

Resolver = Callable[[str, int], Awaitable[Sequence[str]]]
"""The addresses of a host name, best first. Raises `OSError` (as `socket.gaierror`) when there are none."""

FRESH = 30.0
"""Seconds for which an answer is used without asking again."""
LAST_GOOD = 300.0
"""Seconds for which an answer is used when the resolver fails."""
PATIENCE = 1.0
"""Seconds that a slow resolver gets while there is a last good answer."""


async def system(host: str, port: int) -> Sequence[str]:
    """What the machine's own resolver says."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=SOCK_STREAM)
    return [str(sockaddr[0]) for *_, sockaddr in found]


@dataclass(frozen=True, slots=True)
class _Known:
    addresses: tuple[Address, ...]
    since: float


@final
class Names:
    """Asks the resolver. It holds as many names as the configuration has; `clock` counts seconds."""

    __slots__ = ("_clock", "_known", "_patience", "_questions", "_resolver")

    def __init__(self, resolver: Resolver, clock: Callable[[], float], patience: float = PATIENCE) -> None:
        self._patience = patience
        self._resolver = resolver
        self._clock = clock
        self._known: dict[tuple[str, int], _Known] = {}
        self._questions: dict[tuple[str, int], asyncio.Task[None]] = {}

    async def addresses(self, host: str, port: int) -> tuple[Address, ...]:
        """Where the host is: itself if it is an address. Raises `Problem` UNREACHABLE when nobody knows."""
        literal = parsed(host)
        if literal is not None:
            return (literal,)
        key = (host, port)
        known = self._within(key, FRESH)
        if known is None:
            last = self._within(key, LAST_GOOD)
            await asyncio.wait({self._question(key)}, timeout=None if last is None else self._patience)
            known = self._within(key, FRESH) or self._within(key, LAST_GOOD)
        if known is None:
            raise failed(Kind.UNREACHABLE, "the upstream's name does not resolve")
        return known.addresses

    async def aclose(self) -> None:
        questions = list(self._questions.values())
        for question in questions:
            question.cancel()
        await asyncio.gather(*questions, return_exceptions=True)

    def _within(self, key: tuple[str, int], seconds: float) -> _Known | None:
        known = self._known.get(key)
        return known if known is not None and self._clock() - known.since <= seconds else None

    def _question(self, key: tuple[str, int]) -> asyncio.Task[None]:
        """One question for all who ask; it goes on when they stop waiting, so that its answer is there next time."""
        question = self._questions.get(key)
        if question is None:
            question = self._questions[key] = asyncio.get_running_loop().create_task(self._ask(key))
            question.add_done_callback(lambda _: self._questions.pop(key, None))
        return question

    async def _ask(self, key: tuple[str, int]) -> None:
        with suppress(OSError, UnicodeError):  # UnicodeError: a name that IDNA cannot say
            said = dict.fromkeys(await self._resolver(*key))
            addresses = tuple(address for text in said if (address := parsed(text)) is not None)
            # An answer that is no address makes the whole one suspect.
            if addresses and len(addresses) == len(said):
                self._known[key] = _Known(addresses, self._clock())
