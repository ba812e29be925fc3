"""The audit record, and where records go."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Literal, Protocol

from msgspec import UNSET, Struct, UnsetType

from lockgate.core.answer import Usage
from lockgate.core.http import Outbound
from lockgate.core.limit import Charge
from lockgate.core.secret import Secret
from lockgate.core.secret_ref import SecretRef

End = Literal["", "complete", "client_gone", "upstream_error", "blocked", "refused", "budget", "internal_error"]

Cached = Literal["", "hit", "miss", "bypass", "repeat"]
Likened = Literal["", "hit", "miss", "failed"]
"""Whether an answer came from memory; empty where nothing is kept."""


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


class Hashes(Struct, frozen=True, gc=False):
    """SHA-256 of the client's body, of the upstream's, of the one that the client got; and of the configuration."""

    request: str
    upstream: str
    response: str
    policy: str


class Record(Struct, frozen=True, kw_only=True):
    """A line of the audit log. Never holds a prompt, an answer or a credential.

    `kind` "intent": let through, before the upstream is called; "further": another attempt is let through, after one that may
    have cost something; "outcome": it ended, however it did.
    `seq`, `prev` (the seal of the line before) and the seal are the log's to add. `ts` is in seconds since 1970; the log
    writes it as RFC 3339.
    """

    ts: float
    kind: Literal["intent", "further", "outcome"]
    request_id: str
    key_id: str = ""
    team: str = ""
    user: str = ""
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
    """Intent: what is reserved in budgets and long limits. Further: what is reserved besides. Outcome: what was charged in the end."""
    admitted: bool = False
    """An intent was written for it before."""
    cache: Cached | UnsetType = UNSET
    saved_usd: str | UnsetType = UNSET
    """What an answer from memory would have cost."""
    similar: Likened | UnsetType = UNSET
    """What came of a look for a question that means the same."""
    similarity: float | UnsetType = UNSET
    """Of the question that was answered, to this one."""
    hashes: Hashes | UnsetType = UNSET
    """Where the operator or the client asked for them."""
    end: End = ""


class Event(Struct, frozen=True, kw_only=True):
    """A line about the gateway itself: a start, a stop, a reload, what an administrator did, what happened to the log.

    `who` is the process or the person at the command line. `details` never hold a secret.
    """

    ts: float
    kind: Literal["event"] = "event"
    request_id: str = ""
    event: str
    who: str = ""
    details: dict[str, str] = {}


class Tail(Struct, frozen=True):
    """How far a sink's lines reach: the last one's number and its seal; and what was found wrong with them."""

    seq: int = 0
    seal: str = "0" * 32
    notes: tuple[Event, ...] = ()


class Sink(Protocol):
    """Where lines of the audit log go. Called from one thread that is not the loop's; may block."""

    def recover(self) -> Tail:
        """Called once, first: the end of what an earlier process wrote, made whole."""
        ...

    def write(self, lines: bytes) -> tuple[Event, ...]:
        """Returns when the lines are as safe as this sink makes them, with what has to be noted about it.

        `SinkError`: none of them counts as written; the same lines come again.
        """
        ...

    def release(self) -> None:
        """The process ends and lines are not taken: whatever was held in reserve for this is given up."""
        ...

    def close(self) -> None: ...


class SinkError(Exception):
    """A sink did not take the lines. The text says why, for the operator; never a secret."""


Post = Callable[[Outbound], int]
"""Sends a request and blocks until the answer's status is there. Not on the loop. Raises `Problem` and `TimeoutError`."""


@dataclass(frozen=True, slots=True)
class Place:
    """What sinks are built with. `writer` names the process in every line; `now` is the time of day in seconds."""

    folder: Path
    writer: str
    now: Callable[[], float]
    post: Post
    secret: Callable[[SecretRef], Secret]


class SinkConfig(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind"):
    """Base of every sink's settings."""

    status: ClassVar[Literal["stable", "experimental"]]

    def check(self) -> None:
        """`ValueError` for settings that cannot work, before there is traffic."""

    def build(self, place: Place) -> Sink:
        raise NotImplementedError
