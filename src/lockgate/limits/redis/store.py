"""One owner of limits in Redis."""

import asyncio
import os
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from msgspec.structs import replace
from redis.exceptions import NoScriptError, ResponseError

from lockgate.core.limit import LEASE_SECONDS, Charge, Claim, Lease, Standing, StoreEmptyError, Verdict
from lockgate.core.store import StoreError
from lockgate.limits.redis import scripts, wire
from lockgate.limits.redis.scripts import Script
from lockgate.redis_links.breaker import Breaker, NotAskedError
from lockgate.redis_links.connections import Command, Connections

HOME = b"{lockgate}:memory"
"""All keys share the part in braces, so that a cluster has them in one place."""

DEADLINE = 0.05
PATIENCE = 30.0
"""For what no request waits for: telling a new memory all that was spent."""

FLUSH_SECONDS = 0.005
DOUBT_SECONDS = 60.0
"""How long the mark of a lease stays that may have begun after all."""

PIECE = 500
"""Leases that are settled in one step, at most: it has to fit into the deadline, however long Redis was away."""

EMPTY, INCOMPLETE, ABANDONED = -1, -2, -3
LATE = int(LEASE_SECONDS * 1e6)


@dataclass(frozen=True, slots=True)
class Who:
    """`owner` is this process, `instance` its gateway, which shares the memory with `instances` in all."""

    owner: str
    instance: str
    instances: int = 1
    now: Callable[[], int] | None = None


class RedisLimits:
    """Each step is one script in one round trip; leases that ended since the last one go along with it."""

    def __init__(self, connections: Connections, who: Who, deadline: float = DEADLINE) -> None:
        self._connections, self._who, self._deadline = connections, who, deadline
        self._owner = blake2b(who.owner.encode(), digest_size=8).hexdigest()
        self._breaker = Breaker(time.monotonic)
        self._given = 0
        self._ended: list[list[Any]] = []
        self._doubted: list[tuple[float, list[Any]]] = []
        self._timer: asyncio.TimerHandle | None = None
        self._flushing: asyncio.Task[None] | None = None
        self.crowded = False
        self.owners = 1
        """Processes that share the memory, as far as the last beat knew."""

    async def reserve(self, claims: Sequence[Claim]) -> Verdict:
        self._given += 1
        lease, told = b"%d" % self._given, [wire.told(claim) for claim in claims]
        try:
            answer = await self._step(scripts.RESERVE, self._deadline, claims=told, lease=lease.decode())
        except NotAskedError:
            raise
        except BaseException:
            self._doubt(lease, claims)
            raise
        holds = not all(claim.at_once for claim in claims)
        return _verdict(answer, lease if holds else b"", claims, claims)

    async def extend(self, lease: Lease, more: Sequence[int]) -> Verdict:
        both = list(zip(lease.claims, more, strict=True))
        wanted = [replace(claim, amount=0 if claim.at_once else amount, at_once=False) for claim, amount in both]
        told = [wire.told(claim) for claim in wanted]
        answer = await self._step(scripts.EXTEND, self._deadline, claims=told, lease=lease.id.decode())
        larger = [
            replace(claim, amount=claim.amount + extra.amount)
            for claim, extra in zip(lease.claims, wanted, strict=True)
        ]
        return _verdict(answer, lease.id, wanted, larger)

    def settle(self, lease: Lease, used: Sequence[int]) -> None:
        if lease.id:
            self._end([lease.id.decode(), lease.epoch, [wire.told(claim) for claim in lease.claims], list(used), 0])

    async def beat(self) -> None:
        answer = await self._step(scripts.BEAT, self._deadline)
        owners, crowded = map(wire.number, answer if isinstance(answer, list) and len(answer) == 2 else (None, None))
        self.owners, self.crowded = max(1, owners), bool(crowded)
        while self._doubted and self._doubted[0][0] <= time.monotonic():
            self._end(self._doubted.pop(0)[1])

    async def recover(self) -> int:
        return wire.number(await self._step(scripts.RECOVER, self._deadline, late=LATE))

    async def read(self, claims: Sequence[Claim]) -> tuple[Standing, ...]:
        told = [wire.told(claim) for claim in claims]
        return wire.standings(await self._step(scripts.READ, self._deadline, claims=told))

    async def restore(self, charges: Iterable[Charge]) -> bool:
        epoch = int.from_bytes(os.urandom(6), "big") | 1
        told = await asyncio.to_thread(wire.history, charges)  # the whole audit log may be behind it
        return bool(await self._step(scripts.RESTORE, PATIENCE, epoch=epoch, charges=told, first=False))

    async def aclose(self) -> None:
        if self._timer:
            self._timer.cancel()
        if self._flushing:
            self._flushing.cancel()
            with suppress(asyncio.CancelledError):
                await self._flushing
        try:
            while len(self._ended) > PIECE:
                await self._step(None, self._deadline)
            await self._step(scripts.LEAVE, self._deadline)
        finally:
            if self._timer:
                self._timer.cancel()
            await self._connections.aclose()

    def _doubt(self, lease: bytes, claims: Sequence[Claim]) -> None:
        """No answer: it may be held, or be held later. It is not, from now on; the mark that says so goes in a while."""
        told = [wire.told(claim) for claim in claims]
        self._doubted.append((time.monotonic() + DOUBT_SECONDS, [lease.decode(), 0, [], [], 0]))
        self._end([lease.decode(), 0, told, [0] * len(told), 1])

    def _end(self, ended: list[Any]) -> None:
        self._ended.append(ended)
        self._flush_later()

    def _flush_later(self) -> None:
        if self._timer is None and self._flushing is None:
            self._timer = asyncio.get_running_loop().call_later(FLUSH_SECONDS, self._flush_soon)

    def _flush_soon(self) -> None:
        self._timer = None
        if self._ended:
            self._flushing = asyncio.get_running_loop().create_task(self._flush())

    async def flush(self) -> None:
        """Settles what ended, now. `StoreError` when that cannot be: it is done later then."""
        while self._ended:
            await self._step(None, self._deadline)

    async def _flush(self) -> None:
        """What cannot be sent now goes along with the next step, or with the next beat."""
        try:
            with suppress(StoreError):
                await self.flush()
        finally:
            self._flushing = None

    async def _step(self, script: Script | None, seconds: float, *, first: bool = True, **given: Any) -> Any:
        """Settles what ended (unless it has to wait for this step: not `first`), and does the step."""
        with self._breaker:
            piece = PIECE if first else 0
            ended, self._ended = self._ended[:piece], self._ended[piece:]
            steps = [(scripts.SETTLE, {"ended": ended})] if ended else []
            steps += [(script, given)] if script else []
            done = False
            try:
                answers = await self._call(steps, seconds)
                done = not isinstance(answers[0], ResponseError)
                if self._ended:
                    self._flush_later()
            finally:
                if ended and not done:
                    self._ended[:0] = ended
        return self._meant(answers[-1])

    async def _call(self, steps: Sequence[tuple[Script, dict[str, Any]]], seconds: float) -> list[Any]:
        """Scripts by their names; those that Redis does not know are sent, and only those: the others are done."""

        def by_name(run: bytes) -> list[Command]:
            return [(b"EVALSHA", script.sha, 1, HOME, self._told(run, given)) for script, given in steps]

        def in_full(run: bytes) -> list[Command]:
            return [(b"EVAL", steps[i][0].text, 1, HOME, self._told(run, steps[i][1])) for i in unknown]

        if not steps:
            return [0]
        answers = await self._connections.call(by_name, seconds)
        if unknown := [i for i, answer in enumerate(answers) if isinstance(answer, NoScriptError)]:
            for i, answer in zip(unknown, await self._connections.call(in_full, seconds), strict=True):
                answers[i] = answer
        return answers

    def _told(self, run: bytes, given: dict[str, Any]) -> bytes:
        who = self._who
        now = who.now() if who.now else 0
        mine = {"run": run.decode(), "owner": self._owner, "instance": who.instance, "instances": who.instances}
        return wire.encode({**mine, "now": now, **given})

    def _meant(self, answer: Any) -> Any:
        if isinstance(answer, ResponseError):
            raise StoreError(f"Redis says: {answer}") from answer
        if answer == EMPTY:
            raise StoreEmptyError("Redis has lost its memory, or was never told what this gateway spent")
        if answer == INCOMPLETE:
            raise StoreError("not every gateway has told yet what it spent")
        if answer == ABANDONED:
            raise StoreError("the lease was given up before it began, or is over")
        return answer


def _verdict(answer: Any, lease: bytes, asked: Sequence[Claim], held: Sequence[Claim]) -> Verdict:
    epoch, standings, failing = wire.reserved(answer)
    refused = tuple(i for i in failing if not asked[i].shadow)
    over = tuple(i for i in failing if asked[i].shadow)
    if refused:
        return Verdict(None, standings, refused, over)
    return Verdict(Lease(lease, epoch, tuple(held)), standings, (), over)
