"""The same request again: asked once, answered as often as it is asked.

By a client's `Idempotency-Key`, as in Stripe's API: for as long as it is kept, over all workers, and all machines that share the
store of limits. And where a model says `collapse`, without a key: those that run at the same time in one worker. Never beyond
one caller, and never for streams: a key of one is named as lost.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256

import msgspec
from msgspec import Struct

from lockgate.core.dialect import WORK
from lockgate.core.exchange import Call, Route
from lockgate.core.http import Reply, header
from lockgate.core.problem import Kind, Problem
from lockgate.core.repeat import RENEWED, Claim, Given, Name, Repeats
from lockgate.core.store import StoreError
from lockgate.pipeline.deadline import hasty, left
from lockgate.pipeline.ledger import Ledger
from lockgate.pipeline.passing import steering
from lockgate.pipeline.question import in_force

KEY = b"idempotency-key"
LONGEST = 255
STREAMED = "idempotency-key"
"""What `x-lockgate-lost` and the audit record say of a stream whose client believes that it is asked once."""
PASSING = frozenset((401, 408, 409, 425, 429))
"""Refusals that another try need not get. Failures (5xx) are none of the answers that are kept, either."""
LOOK, LOOK_LAST = 0.05, 0.5
"""Seconds between two looks at what another worker is doing: the first pause, and the longest."""
Going = Callable[[], Awaitable[Reply]]
_encode = msgspec.msgpack.Encoder().encode
log = logging.getLogger("lockgate.repeats")


@dataclass(slots=True)
class Flight:
    """A request that runs here. `outcome` is what those who wait get; None: the first one left, and it is the next one's turn.

    So it is for those who wait under another policy: what this one lets through is not for them.
    """

    print: bytes
    policy: bytes
    outcome: "asyncio.Future[Given | Problem | None]"


@dataclass(frozen=True, slots=True)
class Flights:
    """What runs in this worker, and where answers to keys are kept, if anywhere."""

    store: Repeats | None = None
    running: dict[bytes, Flight] = field(default_factory=dict)


class Same(Struct, frozen=True):
    """What makes requests the same. Without a `name` only those are that run now. `policy`: what an answer has to pass."""

    place: bytes
    print: bytes
    policy: bytes
    name: Name | None = None


def same(flights: Flights, call: Call, route: Route, policy: str, ledger: Ledger) -> Same | None:
    """Nothing for requests that are asked however often they come. `policy` is what decides over answers, in short.

    A key belongs to its request whatever the policy; an answer that another one let through is not given again.
    """
    store, caller = flights.store, ledger.caller
    given = header(call.headers, KEY) if store is not None else None
    if (given is None and not route.collapse) or call.operation not in WORK or caller is None:
        return None
    if call.ask.stream or call.dialect.vectors is not None:
        ledger.lose(() if given is None else (STREAMED,))
        return None
    scope = (caller.organization, caller.team, caller.key_id, caller.user)
    asks = [flow.id for flow in call.flows]
    asked = (call.dialect.name, route.model, call.body.wire(), steering(call, route, ledger), call.conversation, asks)
    print_ = sha256(
        _encode((scope, [part if isinstance(part, str | bytes) else list(part) for part in asked]))
    ).digest()
    passes = _encode((policy, in_force(route, caller)))
    if given is None or store is None:
        return Same(print_ + passes, print_, passes)
    if not 0 < len(given) <= LONGEST:
        raise Problem(
            Kind.INVALID, f"an idempotency key has 1 to {LONGEST} characters", where="headers.idempotency-key"
        )
    name = store.name(_encode((scope, given)), passes)
    return Same(name.place, print_, passes, name)


async def repeated(flights: Flights, same: Same, going: Going, ledger: Ledger) -> Reply:
    """The first one's answer to all of them. `going` gets it."""
    while (flight := flights.running.get(same.place)) is not None:
        if flight.print != same.print:
            raise reused()
        outcome = await _waited(flight, ledger)
        if outcome is not None and flight.policy == same.policy:
            return _told(outcome, ledger)
    flight = flights.running[same.place] = Flight(same.print, same.policy, asyncio.get_running_loop().create_future())
    try:
        if same.name is None or flights.store is None:
            return await _first(flight, going, ledger)
        return await _kept(flights.store, same.name, flight, going, ledger)
    finally:
        del flights.running[same.place]
        if not flight.outcome.done():
            flight.outcome.set_result(None)


async def _waited(flight: Flight, ledger: Ledger) -> Given | Problem | None:
    seconds = left(ledger)
    done, _ = await asyncio.wait((flight.outcome,), timeout=max(0.0, seconds) if seconds < 1e9 else None)
    if not done:
        raise in_progress()
    return flight.outcome.result()


def _told(outcome: Given | Problem, ledger: Ledger) -> Reply:
    if isinstance(outcome, Problem):
        raise outcome.again()
    ledger.cache = "repeat"
    ledger.lose(outcome.lost)
    return Reply(outcome.status, ((b"content-type", outcome.media), (b"idempotent-replayed", b"true")), outcome.body)


async def _first(flight: Flight, going: Going, ledger: Ledger) -> Reply:
    try:
        reply = await going()
    except Problem as problem:
        if not hasty(problem, ledger):  # else it left, as far as the others are concerned
            flight.outcome.set_result(problem)
        raise
    if isinstance(reply.body, bytes):
        media = header(reply.headers, b"content-type") or b"application/json"
        flight.outcome.set_result(Given(reply.status, media, reply.body, tuple(ledger.lost)))
    return reply


async def _kept(store: Repeats, name: Name, flight: Flight, going: Going, ledger: Ledger) -> Reply:
    claim = await _claimed(store, name, flight, ledger)
    if isinstance(claim, Given):
        flight.outcome.set_result(claim)
        return _told(claim, ledger)
    renewing = asyncio.ensure_future(_renewed(store, name))
    kept = False
    try:
        reply = await _first(flight, going, ledger)
        given = flight.outcome.result() if flight.outcome.done() else None
        if isinstance(given, Given) and _lasts(given, store):
            kept = await _put(store, name, given)
        return reply
    finally:
        renewing.cancel()
        if not kept:
            with suppress(StoreError):
                await store.drop(name)


async def _put(store: Repeats, name: Name, given: Given) -> bool:
    """The answer is there, and is given whether or not it can be given again."""
    try:
        await store.keep(name, given)
    except StoreError as error:
        log.error("an answer was not kept, and its idempotency key asks again: %s", error)  # noqa: TRY400
        return False
    return True


async def _claimed(store: Repeats, name: Name, flight: Flight, ledger: Ledger) -> Claim:
    """Waits while another worker has it."""
    pause = LOOK
    while (claim := await _asked(store, name, flight)) == "running":
        if left(ledger) <= pause:
            raise in_progress()
        await asyncio.sleep(pause)
        pause = min(1.5 * pause, LOOK_LAST)
    if claim == "other":
        raise reused()
    return claim


async def _asked(store: Repeats, name: Name, flight: Flight) -> Claim:
    try:
        return await store.claim(name, flight.print)
    except StoreError as error:
        detail = "idempotency keys cannot be kept now"
        raise Problem(Kind.NO_REPEATS, detail, source="gateway", retry_after=1) from error


async def _renewed(store: Repeats, name: Name) -> None:
    while True:
        await asyncio.sleep(RENEWED)
        with suppress(StoreError):
            await store.renew(name)


def _lasts(given: Given, store: Repeats) -> bool:
    return given.status < 500 and given.status not in PASSING and len(given.body) <= store.largest


def reused() -> Problem:
    return Problem(Kind.KEY_REUSED, "this idempotency key belongs to another request", where="headers.idempotency-key")


def in_progress() -> Problem:
    detail = "the request with this idempotency key is still being answered"
    return Problem(Kind.IN_PROGRESS, detail, where="headers.idempotency-key", retry_after=1)
