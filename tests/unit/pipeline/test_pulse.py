"""When a stream that has begun is silent for long, and when nobody may say anything."""

import asyncio
import hashlib
from collections.abc import Callable

import pytest

from lockgate.core.digests import Digests
from lockgate.core.problem import Problem
from lockgate.pipeline.flow import Flow
from lockgate.pipeline.ledger import Ledger
from lockgate.pipeline.prove import Hashed
from lockgate.pipeline.pulse import Pulse

PING, FRAME = b": ping\n\n", b"data: {}\n\n"


class Hand:
    """A loop whose time is turned by hand: the one timer there is, and whether it was cancelled."""

    def __init__(self) -> None:
        self.callback: Callable[[], None] | None = None
        self.delays: list[float] = []

    def call_later(self, delay: float, callback: Callable[[], None], /) -> "Hand":
        self.delays.append(delay)
        self.callback = callback
        return self

    def cancel(self) -> None:
        self.callback = None

    def turn(self, times: int) -> None:
        for _ in range(times):
            assert self.callback is not None
            self.callback()


def begun(*, takes: bool = True, digests: Digests | None = None) -> tuple[Pulse, Hand, list[bytes]]:
    pulse, hand, out = Pulse(PING, 10.0, digests), Hand(), []

    def put(data: bytes) -> bool:
        if takes:
            out.append(data)
        return takes

    pulse.begin(put, hand)
    pulse.out, pulse.idle = FRAME, True
    return pulse, hand, out


def test_it_is_heard_between_once_and_one_and_a_half_times_the_silence() -> None:
    _, hand, out = begun()

    hand.turn(2)
    assert (out, set(hand.delays)) == ([], {5.0})
    hand.turn(1)
    assert out == [PING]
    hand.turn(1)
    assert out == [PING]
    hand.turn(1)
    assert out == [PING, PING]


def test_what_leaves_meanwhile_is_sign_enough() -> None:
    pulse, hand, out = begun()

    for _ in range(9):
        hand.turn(2)
        pulse.out = FRAME
    assert out == []


def test_nothing_is_said_within_a_frame() -> None:
    pulse, hand, out = begun()

    pulse.out = b"data: {\n"
    hand.turn(9)
    assert out == []
    pulse.out = b"}\r\n\r\n"
    hand.turn(3)
    assert out == [PING]


def test_nothing_is_said_while_something_is_on_its_way() -> None:
    pulse, hand, out = begun()

    pulse.idle = False
    hand.turn(9)
    assert out == []


def test_what_the_client_got_and_only_that_is_in_the_receipt() -> None:
    for takes in (True, False):
        digests = Digests("policy", asked=True)
        _, hand, _ = begun(takes=takes, digests=digests)

        hand.turn(3)

        assert digests.response.digest() == hashlib.sha256(PING if takes else b"").digest()


def test_the_end_is_the_end() -> None:
    pulse, hand, _ = begun()

    pulse.end()

    assert hand.callback is None


class Through:
    """A lane that changes nothing."""

    over = False

    def feed(self, chunk: bytes) -> bytes:
        return chunk

    def end(self) -> bytes:
        return b""

    def fail(self, problem: Problem) -> bytes:
        return b""

    def close(self) -> None: ...


class Tapped:
    """A body whose first chunk is there. What comes then goes by the tap, and `woken` wakes who waits."""

    def __init__(self) -> None:
        self.tap: Callable[[Callable[[bytes], bytes | None]], None] = self._take
        self.woken: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        self._first = [FRAME]

    def _take(self, passing: Callable[[bytes], bytes | None]) -> None:
        self.passing = passing

    def __aiter__(self) -> "Tapped":
        return self

    async def __anext__(self) -> bytes:
        return self._first.pop() if self._first else await self.woken

    async def read(self) -> bytes:
        return b""

    async def aclose(self) -> None: ...


@pytest.mark.parametrize("last", [False, True])
async def test_nothing_is_said_in_front_of_what_is_in_the_receipt_already(*, last: bool) -> None:
    """A frame that could not leave at once waits for its reader to wake, and is counted by then."""
    digests, hand, body, wire = Digests("policy", asked=True), Hand(), Tapped(), list[bytes]()
    pulse, lane, room = Pulse(PING, 10.0, digests), Through(), [True]
    flow = Flow(Hashed(lane, digests), (), body, Ledger("", 0, 0), pulse)

    def put(data: bytes) -> bool:
        if room[0]:
            wire.append(data)
        return room[0]

    flow.pour(put)
    wire.append(await flow.__anext__())
    pulse.end()
    pulse.begin(put, hand)
    hand.turn(2)
    reader = asyncio.ensure_future(flow.__anext__())
    await asyncio.sleep(0)
    room[0], lane.over = last, last
    body.woken.set_result(body.passing(FRAME) or b"")
    room[0] = True
    hand.turn(1)
    wire.append(await reader)
    pulse.end()

    assert wire == [FRAME, FRAME]
    assert digests.response.digest() == hashlib.sha256(b"".join(wire)).digest()
