"""What is written down along the way. Phases add to it; only `settle` reads it."""

from collections.abc import Sequence
from math import inf
from typing import Protocol

from msgspec import Struct, field

from lockgate.core.answer import Usage
from lockgate.core.auth import Caller
from lockgate.core.digests import Digests
from lockgate.core.exchange import Route, Upstream
from lockgate.core.flow_rule import FlowRule
from lockgate.core.guard import Finding, Rule
from lockgate.core.header_policy import HeaderPolicy
from lockgate.core.http import Shed
from lockgate.core.limit import Charge, Standing
from lockgate.core.price_list import UNKNOWN, Quotes
from lockgate.core.problem import Problem
from lockgate.core.sink import Attempt, Cached, End, Found, Likened
from lockgate.pipeline.chosen import Chosen
from lockgate.pipeline.tried import Tried

MOST_FINDINGS = MOST_LOST = 500
UNDECIDED = "error_allowed"
"""The action of a finding that says: a guard gave no verdict, and its rule lets that pass."""
Unheard = tuple[str, Usage, Quotes]


class Held(Protocol):
    """What the request holds of its limits. `most` is the tokens that its answer may have, None where that is free;
    `most_asked` those that it may ask with.
    """

    @property
    def most(self) -> int | None: ...
    @property
    def most_asked(self) -> int | None: ...
    async def cover(self, ledger: "Ledger", upstream: str, beside: Sequence[str]) -> tuple[Charge, ...] | None: ...
    def noted(self) -> "Held": ...
    def holds(self) -> tuple[Charge, ...]: ...
    def settle(self, ledger: "Ledger") -> tuple[Charge, ...]: ...


class Place(Protocol):
    """Where the request is at work, which it has to leave again: see `gate`."""

    def leave(self, ledger: "Ledger", *, whole: bool = False) -> None: ...
    def back(self, ledger: "Ledger") -> None: ...


class Ledger(Struct):
    """One per request. Times are in seconds of the monotonic clock; `waited` is the time spent on upstreams.

    `size` is the body's, in bytes. `chosen` are the limits that apply, `standings` how they stand; `limited` those that were hit, and what followed.
    `held` is what the request holds of them; `cost` is in attodollars, when it is settled, `cost_usd` the same as text. `estimated`: the usage is counted by us.
    `whole`: the answer came to its end, so what was counted is all; `written` is our own count of it, in tokens.
    `told` are attempts that failed with an answer which says what it cost, and that.
    `quoted` are the prices of the attempts; `unheard` those before the last one that may cost something though nobody heard an
    answer: upstream, usage as estimated, prices. `usage` is without them.
    `saved` is what an answer from memory cost when it was made, in attodollars.
    `deadline` is when all attempts are over, of the same clock as `started`; `patience` what the client said of it.
    `tried` is the attempt whose answer is used; it ends with the request.
    `gate` is where it has a place since `entered`, None when it is not at work; `shed`: it was refused because there was too much to do.
    `own` is the gateway's own time, read when the reply was ready: what comes after it, in a stream, is mostly waiting.
    """

    request_id: str
    wall: float
    started: float
    dialect: str = ""
    operation: str = ""
    caller: Caller | None = None
    asked: str = ""
    route: Route | None = None
    stream: bool = False
    usage: Usage | None = None
    problem: Problem | None = None
    end: End = ""
    waited: float = 0.0
    own: float | None = None
    first_byte: float | None = None
    heard_end: bool = False
    admitted: bool = False
    settled: bool = False
    quotes: Quotes = UNKNOWN
    headers: HeaderPolicy | None = None
    trace: bytes = b""
    held: Held | None = None
    chosen: Chosen | None = None
    standings: tuple[Standing, ...] = ()
    cost: int | None = None
    cost_usd: str | None = None
    limited: list[tuple[str, str]] = field(default_factory=list)
    client: str = ""
    size: int = 0
    estimated: bool = False
    whole: bool = False
    written: int = 0
    cache: Cached = ""
    saved: int | None = None
    similar: Likened = ""
    similarity: float | None = None
    digests: Digests | None = None
    tried: Tried | None = None
    gate: Place | None = None
    entered: float = 0.0
    shed: Shed | None = None
    deadline: float = inf
    patience: float = inf
    attempts: list[Attempt] = field(default_factory=list)
    quoted: list[Quotes] = field(default_factory=list)
    unheard: Sequence[Unheard] = ()
    told: Sequence[tuple[Attempt, Usage]] = ()
    findings: list[Found] = field(default_factory=list)
    labels: set[str] = field(default_factory=set)
    lost: list[str] = field(default_factory=list)

    @property
    def model(self) -> str:
        """The route's name; empty before there is one."""
        return self.route.model if self.route is not None else ""

    def attempted(self, upstream: Upstream, status: int = 0, error: str = "", said: Usage | None = None) -> None:
        """What is counted from now on is paid at this upstream's prices."""
        self.quotes = upstream.quotes
        self.attempts.append(Attempt(upstream.name, status, error))
        self.quoted.append(upstream.quotes)
        if said is not None and (said.input or said.output):
            self.told = (*self.told, (self.attempts[-1], said))

    def used(self, upstream: Upstream) -> None:
        """Of several attempts that ran at the same time this one's answer is used: the last answer of that upstream.

        Another one that answered, too, is as if it had been cancelled: nobody heard what it cost.
        """
        answers = [at for at, each in enumerate(self.attempts) if each.status == 200]
        mine = [at for at in answers if self.attempts[at].upstream == upstream.name][-1]
        for at in answers:
            if at != mine:
                self.attempts[at] = Attempt(self.attempts[at].upstream, error="cancelled")
        self.attempts.append(self.attempts.pop(mine))
        self.quoted.append(self.quoted.pop(mine))
        self.quotes = upstream.quotes

    def flowed(self, flow: FlowRule, label: str, action: str, place: str = "response") -> None:
        """A flow that a rule is about."""
        self.findings.append(Found(flow.name, label, place, action))

    def found(self, rule: Rule, place: str, findings: Sequence[Finding]) -> None:
        """Findings beyond the bound are not written down: a record stays readable. Their labels count all the same."""
        self.labels.update(finding.label for finding in findings)
        room = MOST_FINDINGS - len(self.findings)
        self.findings.extend(Found(rule.name, finding.label, place, rule.written) for finding in findings[:room])

    def undecided(self, rule: Rule, label: str, place: str, *, blocks: bool) -> None:
        """A guard gave no verdict, and what came of that. Written down whatever else was found, and once."""
        found = Found(rule.name, label, place, "error_blocked" if blocks else UNDECIDED)
        if found not in self.findings:
            self.findings.insert(0, found)

    def lose(self, names: Sequence[str]) -> None:
        """A loss is named once, however often it happened. A client can make any number of names, and the first ones tell enough."""
        if names:
            known = set(self.lost)
            fresh = [name for name in dict.fromkeys(names) if name not in known]
            self.lost.extend(fresh[: max(0, MOST_LOST - len(known))])

    def counted(self, usage: Usage | None) -> None:
        if usage is not None:
            self.usage = usage if self.usage is None else self.usage.merged(usage)
