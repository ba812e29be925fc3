"""Is the content allowed? Guards find, rules decide. Without rules the body is not even parsed."""

from collections.abc import Sequence

from lockgate.core.body import Body, Headed, Parsed, Path, parse
from lockgate.core.dialect import Dialect
from lockgate.core.exchange import Call
from lockgate.core.guard import Finding, Rule
from lockgate.core.problem import Kind, Problem
from lockgate.pipeline.ledger import Ledger


def screen(call: Call, rules: Sequence[Rule], ledger: Ledger) -> Body:
    if not rules:
        return call.body
    return screened(call.body, call.dialect, rules, ledger)


def screened(body: Headed | Parsed, dialect: Dialect, rules: Sequence[Rule], ledger: Ledger, side: str = "") -> Parsed:
    """Every text of the document, under every rule. Raises `Problem` when one of them blocks."""
    document = parse(body)
    edits: dict[Path, str] = {}
    for slot in dialect.texts(document.tree):
        where = side + ".".join(map(str, slot.path))
        text = apply(slot.text, rules, where, ledger)
        if text is not slot.text:
            edits[slot.path] = text
    return document.edit(edits)


def apply(text: str, rules: Sequence[Rule], where: str, ledger: Ledger) -> str:
    """The text as it may go on; a Problem when it may not. The same object when nothing changed."""
    masked: list[Finding] = []
    for rule in rules:
        found = rule.guard.find(text)
        if not found:
            continue
        ledger.found(rule, where, found)
        if rule.action == "block":
            raise blocked(rule, where)
        if rule.action == "mask":
            masked += found
    return mask(text, masked) if masked else text


def blocked(rule: Rule, where: str) -> Problem:
    return Problem(Kind.BLOCKED, f"blocked by rule '{rule.name}'", where=where, source="gateway")


def mask(text: str, findings: Sequence[Finding]) -> str:
    """Overlapping findings become one hole, named by the one that begins first."""
    out, end = [], 0
    for finding in sorted(findings, key=lambda finding: (finding.start, -finding.end)):
        if finding.start >= end:
            out += [text[end : finding.start], placeholder(finding)]
        end = max(end, finding.end)
    return "".join([*out, text[end:]])


def placeholder(finding: Finding) -> str:
    return f"[{finding.label.upper()}]"
