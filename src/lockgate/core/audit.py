"""The audit log and the counters, as the pipeline sees them."""

from collections.abc import Awaitable, Sequence
from dataclasses import dataclass
from typing import Protocol

from lockgate.core.sink import Event, Record


class Audit(Protocol):
    """Takes records in order. Never blocks, never raises."""

    @property
    def available(self) -> bool:
        """Records are taken at the moment. False: no new request may start."""
        ...

    def put(self, record: Record | Event) -> Awaitable[bool] | None:
        """What to wait for: True once the record is durable, False when nobody took it in time. None: nothing to wait for.

        A record that came too late for its request is written all the same as soon as that is possible.
        """
        ...


class Observer(Protocol):
    """Sees every record; never blocks and never fails a request."""

    def put(self, record: Record) -> None: ...


class Strangers(Protocol):
    """Counts the requests of those whom nobody knows, where there are too many for a record each."""

    def counted(self, client: str, reason: str) -> bool:
        """True: this one is in the numbers, and has no record."""
        ...


class Receipts(Protocol):
    """Signs receipts."""

    async def receipt(self, record: Record) -> bytes:
        """As a header's value."""
        ...


@dataclass(frozen=True, slots=True)
class Proving:
    """What can be proven of requests later: `policy` is the hash of the configuration in force; `always`: hashes of bodies are
    in every record.
    """

    policy: str = ""
    always: bool = False
    receipts: Receipts | None = None


@dataclass(frozen=True, slots=True)
class Books:
    """Where a request is written down."""

    audit: Audit
    observers: Sequence[Observer] = ()
    strangers: Strangers | None = None
