"""Recorded traffic under a policy, held against what was: what would be different, line by line and rule by rule."""

from collections import Counter
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from msgspec import Struct

from lockgate.app.build import catalogue
from lockgate.app.judge import REFUSED, Judged, Words, judge, unchanged
from lockgate.app.policy_file import PolicyFile
from lockgate.app.traffic import Exchange, Line, Spoken, spoken
from lockgate.core.dialect import Dialect
from lockgate.core.problem import Problem
from lockgate.core.registry import tables
from lockgate.core.sink import Found


class Difference(Struct, frozen=True):
    """One side of one line. `matters`: something else leaves, or nothing does; otherwise only the findings differ.

    `texts` are those that differ: before and now.
    """

    line: int
    side: str
    what: str
    rule: str
    matters: bool
    findings: tuple[Found, ...] = ()
    texts: tuple[tuple[str, str, str], ...] = ()


class Unreadable(Struct, frozen=True):
    line: int
    why: str


@dataclass(slots=True)
class Sums:
    """`found` and `blocked` count by rule, before and now."""

    read: int = 0
    unreadable: int = 0
    different: set[int] = field(default_factory=set)
    found: tuple[Counter[str], Counter[str]] = field(default_factory=lambda: (Counter(), Counter()))
    blocked: tuple[Counter[str], Counter[str]] = field(default_factory=lambda: (Counter(), Counter()))

    def add(self, when: int, side: Judged) -> None:
        self.found[when].update(found.rule for found in side.findings)
        if side.words is None and side.rule:
            self.blocked[when][side.rule] += 1


async def replay(
    lines: Iterable[Line], policy: PolicyFile, against: PolicyFile | None, sums: Sums
) -> AsyncIterator[Difference | Unreadable]:
    """`against` an earlier policy; without one, what the record of a line says, and without that, nothing was changed."""
    known, endpoints = tables("lockgate.dialects", Dialect), catalogue()
    for line in lines:
        why = line.wrong
        try:
            if line.exchange is not None:
                how = spoken(line.exchange, endpoints, known)
                now = await judge(policy, line.exchange, how)
                before = await _before(line.exchange, how, against, now)
        except Problem as problem:
            why = problem.detail if problem.source == "client" else f"its answer is none: {problem.kind.code}"
        except ValueError as error:
            why = str(error)
        if why or line.exchange is None:
            sums.unreadable += 1
            yield Unreadable(line.number, why)
            continue
        sums.read += 1
        for found in _differences(line.number, before, now, sums):
            yield found


async def _before(
    exchange: Exchange, how: Spoken, against: PolicyFile | None, now: Mapping[str, Judged]
) -> Mapping[str, Judged]:
    if against is not None:
        return await judge(against, exchange, how)
    plain = unchanged(exchange, how)
    if exchange.findings is None and exchange.end is None:
        return {side: Judged(words) for side, words in plain.items()}
    return {side: _recorded(exchange, side, now.get(side), words) for side, words in plain.items()}


def _recorded(exchange: Exchange, side: str, now: Judged | None, plain: Words) -> Judged:
    """What was sent then is not in a record; that it was the same is, when the same was masked in the same places."""
    own = tuple(f for f in exchange.findings or () if f.place.startswith("response") == (side == "response"))
    if exchange.end == "blocked" and any(found.action in REFUSED for found in own):
        return Judged(None, own)
    same = now is not None and _masks(own) == _masks(now.findings)
    return Judged(now.words if same and now is not None and now.words is not None else plain, own)


def _masks(findings: Sequence[Found]) -> Counter[Found]:
    return Counter(found for found in findings if found.action not in ("flag", "shadow", *REFUSED))


def _differences(
    line: int, before: Mapping[str, Judged], now: Mapping[str, Judged], sums: Sums
) -> Iterable[Difference]:
    for side in before.keys() | now.keys():
        old, new = before.get(side), now.get(side)
        for when, each in enumerate((old, new)):
            if each is not None:
                sums.add(when, each)
        if old is None or new is None:
            continue  # its request is blocked, and that is said already
        what = _what(old, new)
        if not what:
            continue
        matters = what != OTHERWISE
        if matters:
            sums.different.add(line)
        yield Difference(line, side, what, _whose(old, new), matters, new.findings, _texts(old.words, new.words))


OTHERWISE = "other findings"


def _what(old: Judged, new: Judged) -> str:
    if (old.words is None) != (new.words is None):
        return "now blocked" if new.words is None else "no longer blocked"
    if old.words != new.words:
        return "changed"
    return OTHERWISE if Counter(old.findings) != Counter(new.findings) else ""


def _whose(old: Judged, new: Judged) -> str:
    """The rules whose word it is, those that are new before those that are gone."""
    if rule := new.rule or old.rule:
        return rule
    more = Counter(new.findings) - Counter(old.findings) or Counter(old.findings) - Counter(new.findings)
    return ", ".join(dict.fromkeys(found.rule for found in more))


def _texts(old: Words | None, new: Words | None) -> tuple[tuple[str, str, str], ...]:
    if old is None or new is None:
        return ()
    names = dict.fromkeys((*old, *new))
    return tuple((n, old.get(n, ""), new.get(n, "")) for n in names if old.get(n) != new.get(n))
