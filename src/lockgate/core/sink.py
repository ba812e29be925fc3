"""The audit record, and where records go."""

from typing import Literal, Protocol

from msgspec import Struct

from lockgate.core.answer import Usage
from lockgate.core.limit import Charge

End = Literal["", "complete", "client_gone", "upstream_error", "blocked", "refused", "budget", "internal_error"]


class Found(Struct, frozen=True, gc=False):
    """A finding as it may be written down: never the text."""

    rule: str
    label: str
    place: str
    action: str


class Attempt(Struct, frozen=True, gc=False):
    """One try at an upstream: a status, or the code of what went wrong before there was one."""

    upstream: str
    status: int = 0
    error: str = ""


class Limited(Struct, frozen=True, gc=False):
    """A limit that was hit: refused, or only noted, in a shadow."""

    limit: str
    action: str


class Record(Struct, frozen=True, kw_only=True):
    """A line of the audit log. Never holds a prompt, an answer or a credential.

    `kind` "intent": let through, before the upstream is called; "outcome": it ended, however it did.
    `seq` and `prev` (the hash of the line before) are the sink's to fill in. `ts` is in seconds since 1970; sinks write it as RFC 3339.
    """

    ts: float
    kind: Literal["intent", "outcome"]
    request_id: str
    key_id: str = ""
    team: str = ""
    model: str = ""
    operation: str = ""
    dialect: str = ""
    upstream: str = ""
    status: int = 0
    code: str = ""
    attempts: tuple[Attempt, ...] = ()
    findings: tuple[Found, ...] = ()
    lost: tuple[str, ...] = ()
    usage: Usage | None = None
    cost_usd: str | None = None
    duration_ms: float = 0.0
    first_byte_ms: float | None = None
    gateway_ms: float = 0.0
    stream: bool = False
    estimated: bool = False
    """The usage was counted by us, because the upstream did not get to say it."""
    limits: tuple[Limited, ...] = ()
    charges: tuple[Charge, ...] = ()
    """Intent: what is reserved in budgets and long limits. Outcome: what was charged in the end."""
    admitted: bool = False
    """An intent was written for it before."""
    end: End = ""


class Sink(Protocol):
    """Where records go. `put` never blocks and never fails a request."""

    @property
    def full(self) -> bool:
        """The backlog is at its bound: no new request may start."""
        ...

    def put(self, record: Record) -> None: ...
