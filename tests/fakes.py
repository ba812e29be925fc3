"""Fakes of the ports: a transport that answers from a list, a sink that remembers, a clock that stands still."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from lockgate.core.auth import BEARER, Caller, Presented
from lockgate.core.http import Arrival, Headers, Inbound, Outbound
from lockgate.core.sink import Event, Record

JSON: Headers = ((b"content-type", b"application/json"),)
SSE: Headers = ((b"content-type", b"text/event-stream; charset=utf-8"),)


class Coming:
    """A response body from a list; an exception in it is raised at its place. `closed` says that somebody closed it."""

    def __init__(self, chunks: Sequence[bytes | BaseException]) -> None:
        self._chunks = list(chunks)
        self.closed = False

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        if not self._chunks:
            raise StopAsyncIteration
        chunk = self._chunks.pop(0)
        if isinstance(chunk, BaseException):
            raise chunk
        return chunk

    async def read(self) -> bytes:
        return b"".join([chunk async for chunk in self])

    async def aclose(self) -> None:
        self.closed = True


@dataclass(slots=True)
class Answered:
    """What an upstream says."""

    status: int = 200
    chunks: Sequence[bytes | BaseException] = ()
    headers: Headers = JSON


class Script:
    """A transport that answers from a list, and remembers what it was asked and the bodies it gave."""

    def __init__(self, *answers: Answered | BaseException) -> None:
        self.answers = list(answers)
        self.sent: list[Outbound] = []
        self.bodies: list[Coming] = []

    async def send(self, outbound: Outbound) -> Arrival:
        self.sent.append(outbound)
        answer = self.answers.pop(0)
        if isinstance(answer, BaseException):
            raise answer
        self.bodies.append(Coming(answer.chunks))
        return Arrival(answer.status, answer.headers, self.bodies[-1])


@dataclass(slots=True)
class Notebook:
    """An audit log. `takes`: what comes of each record in turn, and of all others."""

    records: list[Record] = field(default_factory=list)
    full: bool = False
    takes: list[bool] = field(default_factory=list)

    @property
    def available(self) -> bool:
        return not self.full

    def put(self, record: Record | Event) -> Awaitable[bool] | None:
        assert isinstance(record, Record)
        self.records.append(record)
        return _said(self.takes.pop(0)) if self.takes else None

    @property
    def outcome(self) -> Record:
        (outcome,) = [record for record in self.records if record.kind == "outcome"]
        return outcome


class StoppedClock:
    """2026-01-01, and always the same id."""

    def wall(self) -> float:
        return 1_767_225_600.0

    def fresh_id(self) -> str:
        return "fresh-id"


class Keys:
    """An authenticator that knows some keys by heart."""

    def __init__(self, keys: dict[bytes, Caller]) -> None:
        self._keys = keys

    takes = BEARER

    async def authenticate(self, presented: Presented) -> Caller | None:
        return self._keys.get(presented.credential)


class Post:
    """A sink's way out: answers with statuses from a list, and remembers what was sent."""

    def __init__(self, *answers: int | Exception) -> None:
        self.answers = list(answers)
        self.sent: list[Outbound] = []

    def __call__(self, outbound: Outbound) -> int:
        self.sent.append(outbound)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


class Once:
    """A memory against replays; `said` is what it was told."""

    def __init__(self) -> None:
        self.said: dict[bytes, float] = {}

    async def begin(self, now: float) -> None: ...

    async def aclose(self) -> None: ...

    async def first(self, nonce: bytes, now: float, until: float, made: float) -> bool:
        known = nonce in self.said
        self.said[nonce] = until
        return not known


def inbound(path: str, body: bytes = b"", *headers: tuple[bytes, bytes], method: str = "POST") -> Inbound:
    return Inbound(method, path.partition("?")[0], path.partition("?")[2], headers, _given(body))


async def _said(kept: bool) -> bool:
    return kept


def _given(body: bytes) -> Callable[[], Awaitable[bytes]]:
    async def read() -> bytes:
        return body

    return read
