"""Guards find, rules decide.

A guard says which patterns it needs; one engine looks for the patterns of all guards in one go, and each guard makes findings
of its own hits. So a guard never reads a whole text itself, and a clean text costs the same under one rule as under twenty.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal, Protocol

from msgspec import Struct

from lockgate.core.auth import Caller
from lockgate.core.brief import Briefs
from lockgate.core.engine import Engine, Nobody
from lockgate.core.finding import Failed, Finding, Hit, Hole, Pattern, Shape, Verdict
from lockgate.core.known import Known
from lockgate.core.tokens import Style

__all__ = ("Engine", "Failed", "Finding", "Hit", "Hole", "Pattern", "Shape", "Verdict")
"""Who speaks of guards speaks of these."""

Action = Literal["flag", "mask", "tokenize", "block"]
Direction = Literal["request", "response"]
On = Literal["request", "response", "tool_arguments", "tool_results", "system"]
Mode = Literal["enforce", "shadow"]
Forward = Literal["original", "cleaned", "block"]


class Guard(Protocol):
    """Makes findings of hits. Pure and synchronous: what needs the network is another port.

    A finding may depend on `before` characters in front of it and on one behind it, and on nothing else: then a text gives
    the same findings in pieces as in one. None is longer than `reach`.
    """

    @property
    def patterns(self) -> Sequence[Pattern]: ...
    @property
    def reach(self) -> int: ...
    @property
    def before(self) -> int: ...
    def confirm(self, text: str, hits: Sequence[Hit]) -> Sequence[Finding]: ...


class GuardConfig(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind"):
    """Base of every guard's settings."""

    status: ClassVar[Literal["stable", "experimental"]]
    posture: ClassVar[Literal["client", "upstream", "both", "neither"]]
    """Hardened against an untrusted client, an untrusted upstream, both, or neither."""
    on: ClassVar[tuple[On, ...]] = ("request",)
    """Where a rule looks that does not say where."""

    def build(self) -> Guard:
        """The guard itself. What can be wrong with the settings is wrong here, before there is traffic: `ValueError`."""
        raise NotImplementedError

    def misplaced(self, on: Sequence[On]) -> str:
        """What a rule has to look at besides, where the guard finds nothing of what it was told to in any of these places."""
        return ""


class Sought(Hole, frozen=True, gc=False):
    """A hole that a token is sought for. Until there is one, `instead` is a mask: nothing leaves for want of a token."""

    label: str = ""
    style: Style = "label"


Replace = Callable[[str, Finding], str]
"""What stands in the place of a text that was found."""


def placeholder(text: str, finding: Finding) -> str:
    return f"[{finding.label.upper()}]"


class Scope(Struct, frozen=True):
    """For whom a rule is: nothing said, everybody. A team's rule holds for the teams below it."""

    teams: frozenset[str] = frozenset()
    keys: frozenset[str] = frozenset()

    def holds(self, caller: Caller) -> bool:
        if self.teams and not self.teams.intersection((caller.team, *caller.teams)):
            return False
        return not self.keys or caller.name in self.keys or caller.key_id in self.keys


@dataclass(frozen=True, slots=True)
class Rule:
    """A guard (by its number in the engine), where it looks, and what happens when it finds something.

    `forward`: what becomes of characters that nobody sees: they stay, they are taken out, or the text is refused for them.
    """

    name: str
    guard: int
    action: Action
    on: frozenset[On] = frozenset(("request",))
    mode: Mode = "enforce"
    scope: Scope = Scope()
    replace: Replace = placeholder
    forward: Forward = "original"
    style: Style = "label"

    @property
    def written(self) -> str:
        """The action, as the record has it."""
        return self.action if self.mode == "enforce" else "shadow"


MOST_HELD = 256
"""Sets of rules for callers that are remembered."""
Chosen = tuple[tuple[Rule, ...], frozenset[int]]
"""Rules, and the guards that they ask."""

PLACES = frozenset(("system", "user", "assistant"))
"""Where texts of plain messages are."""
_CATEGORY: Mapping[str, On] = {"tool_arguments": "tool_arguments", "tool_result": "tool_results", "system": "system"}
_THERE: Mapping[Direction, frozenset[On]] = {
    "request": frozenset(("request", "tool_arguments", "tool_results", "system")),
    "response": frozenset(("response", "tool_arguments")),
}


class _Places(dict[str, Chosen]):
    """Who looks where, by the place: it is asked for each text of each request."""

    def __init__(self, rules: Sequence[Rule], direction: Direction) -> None:
        super().__init__()
        self._rules = rules
        self._direction: Direction = direction

    def __missing__(self, place: str) -> Chosen:
        here = {self._direction, _CATEGORY.get(place, self._direction)}
        rules = tuple(rule for rule in self._rules if place == "opaque" or rule.on & here)
        chosen = self[place] = rules, frozenset(rule.guard for rule in rules)
        return chosen


class Rules:
    """Rules of one direction in the order of the file, and the engine that their guards are in.

    `known`: of this engine's guards; where a text may mean something else beside other texts, it is not used.
    """

    __slots__ = (
        "_held",
        "_scoped",
        "at",
        "briefs",
        "cleans",
        "direction",
        "engine",
        "follows",
        "known",
        "mark",
        "measures",
        "reads",
        "rules",
        "tokenizes",
    )

    def __init__(self, rules: Sequence[Rule], engine: Engine, direction: Direction, known: Known | None = None) -> None:
        there = (rule for rule in rules if rule.on & _THERE[direction])
        self.rules = tuple(rule for rule in there if direction == "request" or rule.action != "tokenize")
        self.at: Callable[[str], Chosen] = _Places(self.rules, direction).__getitem__
        """Those that look at texts of a place. What is not known may be anything: every rule looks at it."""
        self.engine = engine
        self.direction: Direction = direction
        self.tokenizes = any(rule.action == "tokenize" and rule.mode == "enforce" for rule in self.rules)
        self.cleans = any(rule.forward != "original" for rule in self.rules)
        self.follows = any(rule.guard in engine.followers for rule in self.rules)
        self.reads = direction == "request" and any(rule.guard in engine.readers for rule in self.rules)
        self.measures = direction == "request" and any(rule.guard in engine.measures for rule in self.rules)
        self._scoped = any(rule.scope != Scope() for rule in self.rules)
        self._held: dict[tuple[bool, ...], Rules] = {}
        alone = direction == "request" and not (self.cleans or self.follows or self.measures)
        self.known = known if alone else None
        self.mark = repr([(rule.guard, sorted(rule.on)) for rule in self.rules]).encode() if self.known else b""
        """Which guard looks where: what was known under other rules is not known under these."""
        self.briefs = None if self.cleans or self.follows or self.measures or not self.rules else self._briefs()
        """Where one look may be enough, and what comes together is looked at together."""

    def __bool__(self) -> bool:
        return bool(self.rules)

    def _briefs(self) -> Briefs | None:
        """None where one who reads is not quick to say where there is nothing."""
        guards, engine = self.at("opaque")[1], self.engine
        reading = guards & engine.readers if self.reads else frozenset()
        if not reading <= engine.brisk:
            return None
        places = {number: frozenset(place for place in PLACES if number in self.at(place)[1]) for number in reading}
        return Briefs(engine, guards, [(number, None if own == PLACES else own) for number, own in places.items()])

    def of(self, caller: Caller | None) -> "Rules":
        """Those that hold for this caller; all of them where the caller is not known."""
        if not self._scoped or caller is None:
            return self
        holds = tuple([rule.scope.holds(caller) for rule in self.rules])
        held = self._held.get(holds)
        if held is None:
            if len(self._held) >= MOST_HELD:
                self._held.clear()
            rules = [rule for rule, own in zip(self.rules, holds, strict=True) if own]
            held = self._held[holds] = Rules(rules, self.engine, self.direction, self.known)
        return held

    def bound(self, system: Sequence[str]) -> "Rules":
        """Those for the answers to one request, by what its system texts say."""
        return Rules(self.rules, self.engine.bound(system), self.direction)


NO_RULES = Rules((), Nobody(), "request")
