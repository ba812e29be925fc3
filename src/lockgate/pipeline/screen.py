"""Is the content allowed? Guards find, rules decide. Without rules the body is not even parsed.

There is no way round: what this returns is what every text of the document became, and no verdict is a refusal. What the
dialect lists is looked at in its place; what it does not list is looked at by every rule.
"""

from itertools import chain
from typing import Any

from lockgate.core.body import Body, Headed, Name, Parsed, Path, parse
from lockgate.core.dialect import Dialect, Slot
from lockgate.core.exchange import Call
from lockgate.core.guard import Rules
from lockgate.core.problem import Problem
from lockgate.core.slots import has_files, rest
from lockgate.pipeline.decide import Text, decided, filled
from lockgate.pipeline.ledger import Ledger
from lockgate.pipeline.measure import measure

ECHOES = frozenset(("logprobs", "logprobsResult", "logprobs_result"))
"""Fields that say an answer again, token by token."""


def screen(call: Call, rules: Rules, ledger: Ledger) -> Body:
    if not rules or not (own := rules.of(ledger.caller)):
        return call.body
    return screened(call.body, call.dialect, own, ledger)


def screened(body: Headed | Parsed, dialect: Dialect, rules: Rules, ledger: Ledger, side: str = "") -> Body:
    """Every text of the document, under every rule. Raises `Problem` when one of them blocks.

    Most documents hold nothing that any guard looks for: then one look at all of it is enough, and every text is given to
    those guards only that read.
    """
    wire = b"" if rules.cleans else body.wire()
    calm = not rules.cleans and not rules.engine.suspicious(wire, rules.at("opaque")[1])
    calm = calm and not has_files(wire, lambda: parse(body), dialect.texts)
    if calm and not rules.reads:
        return body
    document = parse(body)
    if calm:
        return _read(document, dialect, rules, ledger)
    edits: dict[Path, str] = {}
    listed = list(dialect.texts(document.tree))
    if rules.measures:
        measure(document.tree, listed, dialect, rules, ledger)
    others = rest(document.tree, {slot.path for slot in listed})
    for slot in chain(listed, others):
        chosen, guards = rules.at(slot.place)
        if not chosen:
            continue
        verdicts = rules.engine.look(slot.text, guards, 0, slot.place if rules.reads else "")
        if verdicts or rules.cleans:
            text = Text(slot.text, slot.place, side + where(slot, rules))
            if holes := decided(text, verdicts, rules, ledger):
                edits[slot.path] = filled(slot.text, holes)
    changed = document.edit(edits)
    return Parsed(without_echoes(changed.tree)) if edits and side else changed


def _read(document: Parsed, dialect: Dialect, rules: Rules, ledger: Ledger) -> Parsed:
    """A request in which only those who read whole texts may find something. They know most words of a protocol by now."""
    edits: dict[Path, str] = {}
    engine = rules.engine
    listed = list(dialect.texts(document.tree))
    others = rest(document.tree, {slot.path for slot in listed}, engine.dull)
    for slot in chain(listed, others):
        verdicts = engine.read(slot.text, rules.at(slot.place)[1], slot.place)
        if verdicts:
            text = Text(slot.text, slot.place, where(slot, rules))
            if holes := decided(text, verdicts, rules, ledger):
                edits[slot.path] = filled(slot.text, holes)
    return document.edit(edits)


def bound(call: Call, rules: Rules) -> Rules:
    """Rules for the answer, where one of them compares it with what the request's system texts say."""
    if not rules.follows:
        return rules
    return rules.bound([slot.text for slot in call.dialect.texts(parse(call.body).tree) if slot.place == "system"])


def told(problem: Problem, rules: Rules, ledger: Ledger) -> Problem:
    """An upstream's problem, as the client may hear of it: its words are the upstream's, and may repeat what it was sent."""
    if not rules or problem.source != "upstream":
        return problem
    verdicts = rules.engine.look(problem.detail, rules.at("opaque")[1])
    if holes := decided(Text(problem.detail, "opaque", "response.error"), verdicts, rules, ledger):
        problem.detail = filled(problem.detail, holes)
    return problem


def where(slot: Slot, rules: Rules) -> str:
    """Its path, as it may be written down. Names of fields may be what was found, too: then no more than the first."""
    path = slot.path[:-1] if isinstance(slot.path[-1], Name) else slot.path
    named = ".".join(map(str, path))
    return str(path[0]) if path and rules.engine.look(named, rules.at("opaque")[1]) else named


def without_echoes(node: Any) -> Any:
    if isinstance(node, dict):
        return {key: None if key in ECHOES else without_echoes(value) for key, value in node.items()}
    return [without_echoes(item) for item in node] if isinstance(node, list) else node
