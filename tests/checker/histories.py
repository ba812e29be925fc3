"""What was written down during a run, by all who took part in it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Line = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as its client saw it. `left`: it went away before the end, so that what it got ends anywhere.

    `nonce` is what its prompt said; a status of 0 is an answer whose head did not come.
    """

    id: str
    nonce: str
    dialect: str
    stream: bool = False
    left: bool = False
    status: int = 0
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Budget:
    """What a store says at the end, and what its limit is, in the same unit."""

    used: int
    held: int
    most: int


@dataclass(frozen=True, slots=True)
class Rate:
    """At most so many requests of a team in any window of so many seconds; `workers` count them."""

    most: int
    seconds: float
    workers: int = 1


@dataclass(frozen=True, slots=True)
class Reading:
    """How a gateway stood at a moment: its gauges, and of all its processes the open files, tasks and memory."""

    gauges: Mapping[str, float] = field(default_factory=dict)
    files: int = 0
    threads: int = 0


@dataclass(frozen=True, slots=True)
class Histories:
    """`upstream` are entries of `lockgate faulty`, `audit` the lines about requests, `budgets` and `rates` go by team.

    `verified` is what `audit verify` says, if it says that something is wrong. `artefacts` are all bytes that were left
    anywhere, by name, `canaries` the secrets that must not be in them. `memory` is the resident kilobytes of all processes at equal
    distances. `credit` is how many attempts beyond a fifth the retry budget may give, `codes` are those of docs/errors.md.
    """

    clients: Sequence[Asked] = ()
    upstream: Sequence[Line] = ()
    audit: Sequence[Line] = ()
    budgets: Mapping[str, Budget] = field(default_factory=dict)
    rates: Mapping[str, Rate] = field(default_factory=dict)
    verified: str = ""
    artefacts: Mapping[str, bytes] = field(default_factory=dict)
    canaries: Sequence[str] = ()
    before: Reading = Reading()
    after: Reading = Reading()
    memory: Sequence[int] = ()
    credit: int = 3
    codes: frozenset[str] = frozenset()

    def lines(self, kind: str) -> dict[str, list[Line]]:
        """Intents or outcomes, by request."""
        return _by_request(line for line in self.audit if line["kind"] == kind)

    def reached(self) -> dict[str, list[Line]]:
        """What the upstream got, by request."""
        return _by_request(self.upstream)


def _by_request(lines: Any) -> dict[str, list[Line]]:
    found: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        found[line["request_id"]].append(line)
    return found
