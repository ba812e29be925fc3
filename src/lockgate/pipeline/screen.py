"""Is the content allowed? Guards find, rules decide. Without rules the body is not even parsed.

There is no way round: what this returns is what every text of the document became, and no verdict is a refusal. What the
dialect lists is looked at in its place; what it does not list is looked at by every rule.
"""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain

from msgspec import Struct

from lockgate.core.body import Body, Coded, Headed, Name, Parsed, Path, parse
from lockgate.core.brief import Briefs, Came
from lockgate.core.dialect import Dialect, Slot
from lockgate.core.engine import Whole
from lockgate.core.exchange import Call
from lockgate.core.guard import Rules, Verdict
from lockgate.core.problem import Problem
from lockgate.core.slots import has_files, rest
from lockgate.core.toil import Toil
from lockgate.pipeline.decide import Text, decided, filled
from lockgate.pipeline.echoes import without_echoes
from lockgate.pipeline.ledger import Ledger
from lockgate.pipeline.measure import measure
from lockgate.pipeline.turns import Steps, at_once, in_turns
from lockgate.pipeline.unknown import Unknown

TOGETHER, LEAST = 65_536, 32
"""Characters of texts that are looked at together; each counts for so many at least."""
NAMED = 512
"""Characters of a path that is written down."""
UNNAMED = "(a field)"


async def screen(call: Call, rules: Rules, ledger: Ledger) -> Body:
    """A request, as it may go on. Raises `Problem` when a rule blocks."""
    if not rules or not (own := rules.of(ledger.caller)):
        return call.body
    part = Unknown(call.body, own, call.dialect.name)
    came_to = await _one_look(own.briefs, part.body, call.dialect) if part else None
    if came_to == "calm":
        part.remember()
        return part.unchanged()
    return await in_turns(_screening(part, call.dialect, own, ledger, came_to=came_to))


async def reviewed(body: Headed, dialect: Dialect, rules: Rules, ledger: Ledger) -> Body:
    """The same of an answer."""
    came_to = await _one_look(rules.briefs, body, dialect)
    if came_to == "calm":
        return body
    return await in_turns(
        _screening(Unknown(body, rules, dialect.name), dialect, rules, ledger, side="response.", came_to=came_to)
    )


async def _one_look(briefs: Briefs | None, body: Body, dialect: Dialect) -> Came | None:
    """What it came to, with all that comes meanwhile; None where one look is not enough to say so."""
    if briefs is None or (brief := briefs.join(body, dialect.roles)) is None:
        return None
    await asyncio.sleep(0)
    return briefs.came_to(brief)


def screened(body: Headed | Parsed, dialect: Dialect, rules: Rules, ledger: Ledger, side: str = "") -> Body:
    """Every text of the document, under every rule. Raises `Problem` when one of them blocks."""
    return at_once(screening(body, dialect, rules, ledger, side))


def screening(
    body: Headed | Parsed, dialect: Dialect, rules: Rules, ledger: Ledger, side: str = ""
) -> Steps[Headed | Parsed]:
    """The same, text by text."""
    return _screening(Unknown(body, rules, dialect.name), dialect, rules, ledger, side=side)


def _screening(  # noqa: PLR0917  all that `screening` has, and what is known already
    part: Unknown, dialect: Dialect, rules: Rules, ledger: Ledger, side: str = "", came_to: Came | None = None
) -> Steps[Headed | Parsed]:
    """Most documents hold nothing that any guard looks for: then one look at all of it is enough, and texts are given to those
    guards only that read. What was looked at before is not looked at again. `came_to`: what one look came to that was had already.
    """
    if not part:
        return part.unchanged()
    looking = _Looking(part, dialect, rules, ledger, side)
    calm = not rules.cleans and (looking.calm() if came_to is None else came_to == "stirring")
    if not calm or rules.reads:
        yield from looking.read() if calm else looking.look()
    part.remember()
    if calm and not looking.edits:
        return part.unchanged()
    changed = parse(part.whole).edit(looking.edits)
    return Parsed(without_echoes(changed.tree)) if looking.edits and side else changed


class _Looking(Struct, frozen=True):
    """One look at a document, and what is changed in it for that."""

    part: Unknown
    dialect: Dialect
    rules: Rules
    ledger: Ledger
    side: str
    edits: dict[Path, str] = {}
    listed: list[Slot] = []

    def calm(self) -> bool:
        """Nothing that a pattern looks for is in it."""
        wire = self.part.body.wire()
        if _suspicious(wire, self.rules):
            return False
        if self.rules.reads:  # then all are listed in any case
            return Coded not in [type(slot.path[-1]) for slot in self._listed()]
        return not has_files(wire, lambda: parse(self.part.body), self.dialect.texts)

    def look(self) -> Steps[None]:
        """Every text under every rule."""
        rules, tree, toil = self.rules, parse(self.part.body).tree, Toil()
        listed = self._listed()
        if rules.measures:
            measure(tree, listed, self.dialect, rules, self.ledger)
        for slot in self._told(chain(listed, rest(tree, {slot.path for slot in listed}))):
            yield False
            if slot is None:
                continue
            chosen, guards = rules.at(slot.place)
            if not chosen:
                continue
            verdicts = rules.engine.look(slot.text, guards, 0, slot.place if rules.reads else "", toil)
            if verdicts or rules.cleans:
                self._decide(slot, verdicts)

    def read(self) -> Steps[None]:
        """A request in which only those who read whole texts may find something. They know most words of a protocol by now."""
        engine, tree, listed = self.rules.engine, parse(self.part.body).tree, self._listed()
        slots = chain(listed, rest(tree, {slot.path for slot in listed}, engine.dull))
        for group in _groups(slots):
            asked = self._asked(group)
            for _ in engine.ahead(asked):
                yield False
            yield True  # what other requests ask meanwhile is read with it
            if any(every := engine.read(asked)):
                for slot, verdicts in zip(group, every, strict=True):
                    if verdicts:
                        self._decide(slot, verdicts)

    def _listed(self) -> Sequence[Slot]:
        if not self.listed:
            self.listed.extend(self.dialect.texts(parse(self.part.body).tree))
        return self.listed

    def _asked(self, slots: Sequence[Slot]) -> Sequence[Whole]:
        at = self.rules.at
        return [(slot.text, slot.place, at(slot.place)[1]) for slot in slots]

    def _told(self, slots: Iterator[Slot]) -> Iterator[Slot | None]:
        """All of them, and those who read are told of a few ahead. None is a step of theirs."""
        if not self.rules.reads:
            yield from slots
        for group in _groups(slots):
            yield from self.rules.engine.ahead(self._asked(group))
            yield from group

    def _decide(self, slot: Slot, verdicts: Mapping[int, Verdict]) -> None:
        """Raises `Problem` where one of the rules blocks."""
        self.part.found(slot.path)
        path = self.part.path(slot.path)
        text = Text(slot.text, slot.place, self.side + where(path, self.rules))
        if holes := decided(text, verdicts, self.rules, self.ledger):
            self.edits[path] = filled(slot.text, holes)


def _suspicious(wire: bytes, rules: Rules) -> bool:
    return rules.engine.suspicious(wire, rules.at("opaque")[1])


def _groups(slots: Iterator[Slot]) -> Iterator[Sequence[Slot]]:
    """As many at a time as are looked at together in good time."""
    group: list[Slot] = []
    room = TOGETHER
    for slot in slots:
        group.append(slot)
        room -= len(slot.text) + LEAST
        if room <= 0:
            yield group
            group, room = [], TOGETHER
    if group:
        yield group


def bound(call: Call, rules: Rules) -> Rules:
    """Rules for the answer, where one of them compares it with what the request's system texts say."""
    if not rules.follows:
        return rules
    return rules.bound([slot.text for slot in call.dialect.texts(parse(call.body).tree) if slot.place == "system"])


def told(problem: Problem, rules: Rules, ledger: Ledger) -> Problem:
    """An upstream's problem, as the client may hear of it: its words are the upstream's, and may repeat what it was sent."""
    if not rules or problem.source != "upstream":
        return problem
    for name in ("detail", "where"):
        said = getattr(problem, name)
        verdicts = rules.engine.look(said, rules.at("opaque")[1])
        if holes := decided(Text(said, "opaque", "response.error"), verdicts, rules, ledger):
            setattr(problem, name, filled(said, holes))
    return problem


def where(path: Path, rules: Rules) -> str:
    """Its path, as it may be written down. Names of fields may be what was found, too: then no more than the first, and not
    even that. What is longer is the name of no field, and would be looked at for every text below it.
    """
    path = path[:-1] if isinstance(path[-1], Name) else path
    for steps in (path, path[:1]):
        if sum(len(step) for step in steps if isinstance(step, str)) <= NAMED:
            named = ".".join(map(str, steps))
            if not rules.engine.look(named, rules.at("opaque")[1]):
                return named
    return UNNAMED
