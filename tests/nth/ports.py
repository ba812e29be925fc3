"""Every port of the pipeline, counted: the N-th call to any of them fails in the way that was chosen.

error       what the port's contract says of a failure        cancel      the client leaves while it runs
timeout     the same, for one that took too long              truncated   it gives half of what it should
unforeseen  an exception of nobody's kind, where the contract does not say that the port never raises
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, TypeVar

from lockgate.core.auth import Caller, Presented
from lockgate.core.http import Arrival, Outbound
from lockgate.core.limit import Claim, Verdict
from lockgate.core.problem import Kind, Problem
from lockgate.core.sink import Event, Record
from lockgate.core.store import StoreError
from lockgate.core.tokens import Share
from tests.contract.limits.twin import Memory, Twin
from tests.fakes import Answered, Coming, Keys, Notebook
from tests.unit.test_answers import Drawer

T = TypeVar("T")
MODES = ("error", "timeout", "cancel", "truncated", "unforeseen")
FAILURES: Mapping[str, tuple[Callable[[], Exception], Callable[[], Exception]]] = {
    "authenticate": (lambda: Problem(Kind.NO_AUTH, "away", source="gateway"),) * 2,
    "reserve": (lambda: StoreError("away"), lambda: StoreError("too slow")),
    "tokens.read": (lambda: StoreError("away"), lambda: StoreError("too slow")),
    "tokens.put": (lambda: StoreError("away"), lambda: StoreError("too slow")),
    "send": (lambda: _upstream(Kind.UNREACHABLE), lambda: _upstream(Kind.UPSTREAM_TIMEOUT)),
    "body": (lambda: _upstream(Kind.UPSTREAM_RESET), lambda: _upstream(Kind.UPSTREAM_TIMEOUT)),
}


class Calls:
    """Counts them; `seen` are the ports in the order in which they were called. `leave` is what the client does."""

    def __init__(self, at: int = 0, mode: str = "") -> None:
        self.at, self.mode = at, mode
        self.seen: list[str] = []
        self.leave: Callable[[], object] = lambda: None

    @property
    def untouched(self) -> bool:
        return len(self.seen) < self.at

    def due(self, port: str) -> str:
        """How this call is to fail; empty when it is not."""
        self.seen.append(port)
        return self.mode if len(self.seen) == self.at else ""

    async def passed(self, port: str) -> bool:
        """Raises what is due. True: half of the result, and no more."""
        due = self.due(port)
        await asyncio.sleep(0)
        if due == "cancel":
            self.leave()
            await asyncio.Event().wait()  # as long as nobody gives it up
        if due == "unforeseen":
            raise ArithmeticError("of nobody's kind")
        if due in ("error", "timeout"):
            made = FAILURES[port][due == "timeout"]
            raise made()
        return due == "truncated"

    def never_raises(self, port: str) -> str:
        """For ports whose contract says so: what is due, but for an exception."""
        due = self.due(port)
        return "error" if due in ("timeout", "unforeseen") else due


class Knowing(Keys):
    def __init__(self, calls: Calls, keys: dict[bytes, Caller]) -> None:
        super().__init__(keys)
        self._calls = calls

    async def authenticate(self, presented: Presented) -> Caller | None:
        half = await self._calls.passed("authenticate")
        return None if half else await super().authenticate(presented)


class Counting(Twin):
    """`settle` never fails: it is not counted."""

    def __init__(self, calls: Calls, memory: Memory) -> None:
        super().__init__(memory, "one")
        self._calls = calls

    async def reserve(self, claims: Sequence[Claim]) -> Verdict:
        if await self._calls.passed("reserve"):
            raise StoreError("half an answer")
        return await super().reserve(claims)


class Flowing(Coming):
    """An upstream's body. `over`: all of it was read, or reading failed, after which a transport closes by itself."""

    def __init__(self, calls: Calls, answer: Answered) -> None:
        super().__init__(answer.chunks)
        self._calls, self.over = calls, False

    async def __anext__(self) -> bytes:
        try:
            if await self._calls.passed("body"):
                self._chunks.clear()
            return await super().__anext__()
        except BaseException:
            self.over = True
            raise


class Upstreams:
    """A transport that answers by path: what is asked of Anthropic's, and what of all others; the last answer stays."""

    def __init__(self, calls: Calls, openai: list[Answered], claude: list[Answered], pause: float = 0) -> None:
        self._calls, self._openai, self._claude, self._pause = calls, openai, claude, pause
        self.bodies: list[Flowing] = []

    async def send(self, outbound: Outbound) -> Arrival:
        half = await self._calls.passed("send")
        await asyncio.sleep(self._pause)
        answers = self._claude if outbound.target.startswith("/v1/messages") else self._openai
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        self.bodies.append(Flowing(self._calls, Answered(answer.status, [] if half else answer.chunks)))
        return Arrival(answer.status, answer.headers, self.bodies[-1])


class Recording(Notebook):
    """Writes everything down; says so, or that it came too late."""

    def __init__(self, calls: Calls) -> None:
        super().__init__()
        self.calls = calls

    def put(self, record: Record | Event) -> Awaitable[bool] | None:
        super().put(record)
        return answered(self.calls, "audit", lambda due: not due)


class Keeping(Drawer):
    """What a cache has; it may forget whatever it likes, and never fails."""

    def __init__(self, calls: Calls) -> None:
        super().__init__()
        self._calls = calls

    def get(self, key: bytes) -> Any:
        value = super().get(key)
        halves = {"": value, "truncated": value and value[: len(value) // 2]}
        return answered(self._calls, "cache", halves.get)


class Remembering:
    """A store of tokens."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self._kept: dict[bytes, bytes] = {}

    async def read(self, name: bytes) -> bytes | None:
        half, kept = await self._calls.passed("tokens.read"), self._kept.get(name)
        return kept[: len(kept) // 2] if half and kept else kept

    async def put(
        self, name: bytes, seen: bytes | None, sealed: bytes, seconds: float, share: Share | None = None
    ) -> bool:
        if await self._calls.passed("tokens.put"):
            return False
        self._kept[name] = sealed
        return True

    async def aclose(self) -> None: ...


def answered(calls: Calls, port: str, result: Callable[[str], T]) -> "asyncio.Future[T]":
    """To be waited for, or not: who left while it was asked for does not wait."""
    due = calls.never_raises(port)
    future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
    if due == "cancel":
        calls.leave()
    else:
        future.set_result(result(due))
    return future


def _upstream(kind: Kind) -> Problem:
    return Problem(kind, "broke", source="upstream")
