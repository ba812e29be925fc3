"""A text under the rules of a configuration: what is found in it, by whom, and what would be sent."""

from collections.abc import Iterator, Mapping

from msgspec import Struct

from lockgate.app.policy_file import PolicyFile
from lockgate.core.auth import Caller
from lockgate.core.guard import Direction, Failed, Rules, Verdict
from lockgate.core.problem import Problem
from lockgate.pipeline.decide import Text, decided, filled
from lockgate.pipeline.ledger import Ledger
from lockgate.pipeline.verdicts import ask


class Spot(Struct, frozen=True):
    """Something found: by which rule, what it is called, where it stands in the text that the rule saw, and what came of it."""

    rule: str
    label: str
    start: int
    end: int
    action: str
    confidence: float = 1.0


class Tried(Struct, frozen=True):
    """`seen` are the texts that were looked at, with what was found in each: the text itself by the rules that decide here, and
    what those left by the others. `sent` is None when it goes no further, and `why` says why.
    """

    place: str
    seen: tuple[tuple[str, tuple[Spot, ...]], ...]
    sent: str | None
    why: str = ""
    undecided: tuple[str, ...] = ()

    @property
    def spots(self) -> tuple[Spot, ...]:
        return tuple(spot for _, spots in self.seen for spot in spots)

    @property
    def outcome(self) -> str:
        if self.sent is None:
            return "blocked"
        if self.sent != self.seen[0][0]:
            return "changed"
        return "found" if self.spots or self.undecided else "clean"


class Stand(Struct, frozen=True):
    """Where a text stands, and for which model; none is any."""

    place: str = "user"
    direction: Direction = "request"
    model: str | None = None


async def try_text(policy: PolicyFile, caller: Caller | None, text: str, stand: Stand) -> Tried:
    ledger, place = Ledger("", 0, 0), stand.place
    number = 0 if stand.direction == "request" else 1
    local = policy.rules(stand.model)[number].of(caller)
    remote = policy.remote(stand.model)[number].of(caller)
    seen: list[tuple[str, tuple[Spot, ...]]] = []
    sent: str | None = text
    why = ""
    try:
        sent = _under(local, text, place, ledger, seen)
        if remote:
            sent = _under(await ask([(sent, place)], remote, ledger), sent, place, ledger, seen)
    except Problem as problem:
        sent, why = None, problem.detail
    undecided = tuple(found.label for found in ledger.findings if found.action.startswith("error_"))
    return Tried(place, tuple(seen or [(text, ())]), sent, why, undecided)


def _under(rules: Rules, text: str, place: str, ledger: Ledger, seen: list[tuple[str, tuple[Spot, ...]]]) -> str:
    verdicts = rules.engine.look(text, rules.at(place)[1], 0, place if rules.reads else "")
    seen.append((text, tuple(_spots(rules, verdicts, place))))
    return filled(text, decided(Text(text, place, place), verdicts, rules, ledger))


def _spots(rules: Rules, verdicts: Mapping[int, Verdict], place: str) -> Iterator[Spot]:
    for rule in rules.at(place)[0]:
        verdict = verdicts.get(rule.guard, ())
        for each in () if isinstance(verdict, Failed) else verdict:
            yield Spot(rule.name, each.label, each.start, each.end, rule.written, each.confidence)
