"""Findings to decisions: what of a text is written down, what is replaced, and when it goes no further."""

from collections.abc import Mapping, Sequence

from msgspec import Struct, structs

from lockgate.core.guard import Failed, Finding, Hole, Rule, Rules, Sought, Verdict, placeholder
from lockgate.core.problem import Kind, Problem
from lockgate.core.toil import TOO_MANY
from lockgate.pipeline.json_holes import fitted
from lockgate.pipeline.ledger import Ledger

FAILED = (Finding(0, 0, "guard_failed"),)
DISGUISED = (Finding(0, 0, "invisible_characters"),)


class Text(Struct, frozen=True, gc=False):
    """A text, whose it is, and where it stands. `start`, `end`: the part that is decided on now; 0 is all of it.

    `ahead`: of JSON that comes in pieces, what stands for all that went before the text.
    """

    text: str
    place: str
    where: str
    start: int = 0
    end: int = 0
    ahead: str | None = None


def decided(text: Text, verdicts: Mapping[int, Verdict], rules: Rules, ledger: Ledger) -> list[Hole]:
    """What has to be replaced, under the rules in the order of the file. Raises the `Problem` of the first that blocks.

    A guard that failed has not found nothing: what its rule would have blocked or replaced is blocked.
    """
    holes: list[Hole] = []
    chosen, _ = rules.at(text.place)
    for rule in chosen:
        if rule.forward != "original":
            holes += _uncovered(rule, text, rules, ledger)
        verdict = verdicts.get(rule.guard)
        if verdict is None:
            continue
        if isinstance(verdict, Failed):
            _failed(rule, text, verdict, ledger)
            continue
        found = _within(verdict, text)
        if found:
            ledger.found(rule, text.where, found)
            if rule.mode == "enforce":
                holes += _enforced(rule, text, found)
    return fitted(text.text, text.ahead, holes) if holes and text.place == "tool_arguments" else holes


def _enforced(rule: Rule, text: Text, found: Sequence[Finding]) -> list[Hole]:
    if rule.action == "block":
        raise blocked(rule, text.where)
    if rule.action == "flag":
        return []
    return [_hole(rule, text, f) for f in found]


def _hole(rule: Rule, text: Text, finding: Finding) -> Hole:
    if finding.instead is None and rule.action == "tokenize":
        return Sought(finding.start, finding.end, placeholder("", finding), finding.label, rule.style)
    return Hole(finding.start, finding.end, _instead(rule, text, finding))


def _instead(rule: Rule, text: Text, finding: Finding) -> str:
    if finding.instead is not None:
        return finding.instead
    return rule.replace(text.text[finding.start : finding.end], finding)


def _failed(rule: Rule, text: Text, verdict: Failed, ledger: Ledger) -> None:
    """What is too much is so for the whole document: written down once, and never as if it had been looked at."""
    blocks = rule.mode == "enforce" and rule.action != "flag"
    why = ""
    if verdict == TOO_MANY:
        ledger.undecided(rule, "too_much", text.where.partition(".")[0], blocks=blocks)
        why = ": there is more for its guard than is looked at"
    else:
        ledger.found(rule, text.where, FAILED)
    if blocks:
        message = f"blocked: rule '{rule.name}' could not decide{why}"
        raise Problem(Kind.BLOCKED, message, where=text.where, source="gateway")


def _uncovered(rule: Rule, text: Text, rules: Rules, ledger: Ledger) -> list[Hole]:
    """Characters that nobody sees: taken out, or a reason to refuse."""
    holes = [
        hole
        for hole in rules.engine.disguises(text.text)
        if not text.end or text.start <= hole.start < hole.end <= text.end
    ]
    if not holes:
        return []
    ledger.found(rule, text.where, DISGUISED)
    if rule.mode == "shadow":
        return []
    if rule.forward == "block":
        raise blocked(rule, text.where)
    return holes


def _within(found: Sequence[Finding], text: Text) -> Sequence[Finding]:
    """Those of the part that is decided on now. One that began before it is what is left of it."""
    if not text.end:
        return found
    inside = (f for f in found if text.start < f.end <= text.end)
    return [f if f.start >= text.start else structs.replace(f, start=text.start) for f in inside]


def blocked(rule: Rule, where: str) -> Problem:
    return Problem(Kind.BLOCKED, f"blocked by rule '{rule.name}'", where=where, source="gateway")


def filled(text: str, holes: Sequence[Hole]) -> str:
    """Holes that overlap become one; what stands there is the word of the one that begins first, and of those the longest."""
    out, end = [], 0
    for hole in sorted(holes, key=place):
        if hole.start >= end:
            out += [text[end : hole.start], hole.instead]
        end = max(end, hole.end)
    return "".join([*out, text[end:]])


def place(hole: Hole) -> tuple[int, int]:
    return hole.start, -hole.end
