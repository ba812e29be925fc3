"""Is the content allowed? Guards find, rules decide. Without rules the body is not even parsed.

There is no way round: what this returns is what every text of the document became, and no verdict is a refusal.
"""

from lockgate.core.body import Body, Headed, Parsed, Path, parse
from lockgate.core.dialect import Dialect
from lockgate.core.exchange import Call
from lockgate.core.guard import Rules
from lockgate.core.problem import Problem
from lockgate.pipeline.decide import Text, decided, filled
from lockgate.pipeline.ledger import Ledger


def screen(call: Call, rules: Rules, ledger: Ledger) -> Body:
    if not rules or not (own := rules.of(ledger.caller)):
        return call.body
    return screened(call.body, call.dialect, own, ledger)


def screened(body: Headed | Parsed, dialect: Dialect, rules: Rules, ledger: Ledger, side: str = "") -> Parsed:
    """Every text of the document, under every rule. Raises `Problem` when one of them blocks."""
    document = parse(body)
    edits: dict[Path, str] = {}
    for slot in dialect.texts(document.tree):
        chosen, guards = rules.at(slot.place)
        if not chosen:
            continue
        verdicts = rules.engine.look(slot.text, guards)
        if verdicts or rules.cleans:
            text = Text(slot.text, slot.place, side + ".".join(map(str, slot.path)))
            if holes := decided(text, verdicts, rules, ledger):
                edits[slot.path] = filled(slot.text, holes)
    return document.edit(edits)


def told(problem: Problem, rules: Rules, ledger: Ledger) -> Problem:
    """An upstream's problem, as the client may hear of it: its words are the upstream's, and may repeat what it was sent."""
    if not rules or problem.source != "upstream":
        return problem
    verdicts = rules.engine.look(problem.detail, rules.at("opaque")[1])
    if holes := decided(Text(problem.detail, "opaque", "response.error"), verdicts, rules, ledger):
        problem.detail = filled(problem.detail, holes)
    return problem
