"""Write down what happened, exactly once, when the last byte has gone or the client has: who, what, where, how much."""

from collections.abc import AsyncIterator, Sequence
from time import perf_counter

from lockgate.core.http import Incoming
from lockgate.core.sink import End, Record, Sink
from lockgate.pipeline.ledger import Ledger

CLIENT_GONE = 499
"""What the record says for a client that left before it got a status. nginx uses the same number."""


class Flow:
    """A streamed body that settles when it ends, however it ends. Closing it closes the upstream at once."""

    __slots__ = ("_body", "_chunks", "_ledger", "_sinks")

    def __init__(self, chunks: AsyncIterator[bytes], body: Incoming, ledger: Ledger) -> None:
        self._chunks = chunks
        self._body = body
        self._ledger = ledger
        self._sinks: Sequence[Sink] = ()

    def attach(self, sinks: Sequence[Sink]) -> None:
        self._sinks = sinks

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        ledger = self._ledger
        try:
            chunk = await anext(self._chunks)
        except StopAsyncIteration:
            await self._body.aclose()
            settle(ledger, self._sinks, 200, ledger.end or "complete")
            raise
        except BaseException as error:
            settle(ledger, self._sinks, 200, "internal_error" if isinstance(error, Exception) else "client_gone")
            await self._body.aclose()
            raise
        if ledger.first_byte is None:
            ledger.first_byte = perf_counter() - ledger.started
        return chunk

    async def aclose(self) -> None:
        try:
            if (close := getattr(self._chunks, "aclose", None)) is not None:
                await close()
        finally:
            await self._body.aclose()
            settle(self._ledger, self._sinks, 200, self._ledger.end or "client_gone")


def settle(ledger: Ledger, sinks: Sequence[Sink], status: int, end: End) -> None:
    """The outcome, to every sink. The second call for the same request does nothing."""
    if ledger.settled:
        return
    ledger.settled = True
    _put(ledger, sinks, "outcome", status, end)


def admit(ledger: Ledger, sinks: Sequence[Sink]) -> None:
    """The intent: written before an upstream is called."""
    ledger.admitted = True
    _put(ledger, sinks, "intent", 0, "")


def _put(ledger: Ledger, sinks: Sequence[Sink], kind: str, status: int, end: End) -> None:
    elapsed = perf_counter() - ledger.started
    caller, attempts = ledger.caller, ledger.attempts
    record = Record(
        ts=ledger.wall + elapsed,
        kind="intent" if kind == "intent" else "outcome",
        request_id=ledger.request_id,
        key_id=caller.key_id if caller else "",
        team=caller.team if caller else "",
        model=ledger.route.model if ledger.route else "",
        operation=ledger.operation,
        dialect=ledger.dialect,
        upstream=attempts[-1].upstream if attempts else "",
        status=status,
        code=ledger.problem.kind.code if ledger.problem else "",
        attempts=tuple(attempts),
        findings=tuple(ledger.findings),
        lost=tuple(ledger.lost),
        usage=ledger.usage,
        duration_ms=round(elapsed * 1e3, 3),
        first_byte_ms=None if ledger.first_byte is None else round(ledger.first_byte * 1e3, 3),
        gateway_ms=round((elapsed - ledger.waited) * 1e3, 3),
        stream=ledger.stream,
        admitted=ledger.admitted,
        end=end,
    )
    for sink in sinks:
        sink.put(record)
