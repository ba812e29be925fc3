"""Guards that are asked over the network: the port, its settings, and what a rule makes of them.

What such a guard says is a finding like any other. What holds when it says nothing is no setting of the guard, but its rule's
word, `on_error`: there is no default.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Annotated, Literal, Protocol

from msgspec import Meta, Struct

from lockgate.core import address
from lockgate.core.auth import Caller
from lockgate.core.duration import Duration, seconds
from lockgate.core.fuse import Fuse, Patience
from lockgate.core.guard import NO_RULES, Direction, Finding, Guard, GuardConfig, Rules
from lockgate.core.http import Origin, Transport
from lockgate.core.secret import Secret
from lockgate.core.secret_ref import SecretRef
from lockgate.core.verdict_memory import VerdictMemory

OnError = Literal["block", "allow"]
LONGEST = 1.5
"""Seconds that anybody waits for a verdict, at most."""
SMALLEST = 200
"""Characters of a stream that are asked about at once, at least."""
Window = Annotated[
    Literal["whole"] | Annotated[int, Meta(ge=SMALLEST, le=100_000)],
    Meta(description="How much of a streamed answer is held for one verdict: whole, or a number of characters."),
]


class Piece(Struct, frozen=True):
    """A text that a guard is asked about, whose it is, and which way it goes."""

    text: str
    place: str
    direction: Direction = "request"


class Capacity(Struct, frozen=True):
    """What one question may hold: so many pieces, none longer than so many characters."""

    pieces: int = 16
    characters: int = 20_000


class NoVerdict(Exception):
    """The guard answered, and it was no verdict. The text is a word for the record: never what the guard said."""


class RemoteGuard(Protocol):
    @property
    def capacity(self) -> Capacity: ...

    async def find(self, pieces: Sequence[Piece]) -> Sequence[Sequence[Finding]]:
        """Findings of each piece, in their order; one from its first character to its last is a verdict on all of it.

        Raises `NoVerdict`, or what the transport raises. Nobody waits longer than the deadline: then it is cancelled.
        """
        ...


@dataclass(frozen=True, slots=True)
class GuardPorts:
    """What remote guards reach the world with. `now` is the time of day in seconds; `key` is made anew in every process."""

    transport: Transport
    secret: Callable[[SecretRef], Secret]
    now: Callable[[], float]
    key: bytes = b""


class RemoteGuardConfig(GuardConfig, frozen=True, kw_only=True):
    """Base of the settings of every guard that is asked over the network."""

    deadline: Duration = "1.5s"
    stream: Window = "whole"
    failures: Annotated[int, Meta(ge=1, le=1000, description="In a row, before nobody asks for a while.")] = 5
    pause: Duration = "10s"
    remember: Duration = "5m"
    allow_private: bool = False

    @property
    def address(self) -> str:
        """The URL that its paths begin with."""
        raise NotImplementedError

    def connect(self, ports: GuardPorts) -> RemoteGuard:
        raise NotImplementedError

    @property
    def home(self) -> Origin:
        """The only place that its credential may go to."""
        return address.upstream(self.address, allow_private=self.allow_private)[0]

    def check(self) -> None:
        """`ValueError` for settings that cannot work, before there is traffic."""
        address.upstream(self.address)
        if not 0.01 <= seconds(self.deadline) <= LONGEST:
            raise ValueError(f"`deadline` is between 10ms and {LONGEST}s, for a request waits for it")
        if not 0.01 <= seconds(self.pause) <= 3600:
            raise ValueError("`pause` is between 10ms and 1h")
        if seconds(self.remember) > 86400:
            raise ValueError("`remember` is up to 24h, or 0s for not at all")

    def build(self) -> Guard:
        raise TypeError(f"{type(self).__name__} is asked over the network")


@dataclass(frozen=True, slots=True)
class Detector:
    """A remote guard as its rule uses it. `window`: characters of a stream, 0 for all of it."""

    kind: str
    guard: RemoteGuard
    on_error: OnError
    fuse: Fuse
    deadline: float = LONGEST
    window: int = 0
    memory: VerdictMemory = field(default_factory=VerdictMemory)


def detector(settings: RemoteGuardConfig, on_error: OnError, ports: GuardPorts) -> Detector:
    return Detector(
        str(settings.__struct_config__.tag),
        settings.connect(ports),
        on_error,
        Fuse(Patience(settings.failures, seconds(settings.pause))),
        seconds(settings.deadline),
        0 if settings.stream == "whole" else settings.stream,
        VerdictMemory(seconds(settings.remember), ports.key),
    )


@dataclass(frozen=True, slots=True)
class RemoteRules:
    """Rules of one direction in the order of the file; a rule's `guard` is the number of its detector."""

    rules: Rules = NO_RULES
    detectors: Sequence[Detector] = ()

    def __bool__(self) -> bool:
        return bool(self.rules)

    def of(self, caller: Caller | None) -> "RemoteRules":
        return replace(self, rules=self.rules.of(caller)) if self.rules else self

    @property
    def window(self) -> int:
        """What of a stream is held: the longest that any of them wants to see at once; 0 for all of it."""
        windows = [self.detectors[rule.guard].window for rule in self.rules.rules]
        return 0 if 0 in windows else max(windows, default=0)

    @property
    def enforced(self) -> bool:
        return any(rule.mode == "enforce" for rule in self.rules.rules)


NO_REMOTE_RULES = RemoteRules()
