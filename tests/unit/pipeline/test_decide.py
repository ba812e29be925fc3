"""Rules decide: which of them look where, what overlaps, what a guard without a verdict means."""

from collections.abc import Mapping, Sequence

import pytest

from lockgate.core.auth import Caller
from lockgate.core.engine import Whole
from lockgate.core.guard import Action, Failed, Finding, Hole, Mode, On, Rule, Rules, Scope, Shape, Verdict
from lockgate.core.masks import replace
from lockgate.core.outlet import Outlet
from lockgate.core.problem import Kind, Problem
from lockgate.core.toil import Toil
from lockgate.pipeline.decide import Text, decided, filled
from lockgate.pipeline.ledger import MOST_FINDINGS, Ledger

TEXT = "one two three"


class Said:
    """An engine that says what it was told to say."""

    before = 0
    followers: frozenset[int] = frozenset()
    readers: frozenset[int] = frozenset()
    brisk: frozenset[int] = frozenset()
    measures: frozenset[int] = frozenset()
    outlets: Mapping[int, Outlet] = {}

    def __init__(self, verdicts: Mapping[int, Verdict]) -> None:
        self.verdicts = verdicts

    def look(
        self, text: str, guards: frozenset[int], at: int = 0, place: str = "", toil: Toil | None = None
    ) -> Mapping[int, Verdict]:
        return {number: verdict for number, verdict in self.verdicts.items() if number in guards}

    def read(self, texts: Sequence[Whole]) -> Sequence[Mapping[int, Verdict]]:
        return [self.look(text, guards) for text, _, guards in texts]

    def stirring(self, guard: int, texts: Sequence[tuple[str, str]]) -> Sequence[int]:
        return ()

    def suspicious(self, wire: bytes, guards: frozenset[int]) -> bool:
        return True

    def ahead(self, texts: Sequence[Whole]) -> None:
        pass

    def disguises(self, text: str) -> Sequence[Hole]:
        return ()

    def growing(self, text: str, guards: frozenset[int], at: int = 0) -> int:
        return 0

    def bound(self, system: Sequence[str]) -> "Said":
        return self

    def measured(self, shape: Shape, guards: frozenset[int]) -> Mapping[int, Verdict]:
        return {}


def rule(name: str, guard: int = 0, action: Action = "mask", *on: On, mode: Mode = "enforce") -> Rule:
    return Rule(name, guard, action, frozenset(on or ("request",)), mode)


def outcome(rules: Sequence[Rule], verdicts: Mapping[int, Verdict], place: str = "user") -> tuple[str, Ledger]:
    notes = Ledger("id", 0.0, 0.0)
    own = Rules(rules, Said(verdicts), "request")
    holes = decided(Text(TEXT, place, "here"), own.engine.look(TEXT, own.at(place)[1]), own, notes)
    return filled(TEXT, holes), notes


def noted(notes: Ledger) -> list[tuple[str, str, str, str]]:
    return [(found.rule, found.label, found.place, found.action) for found in notes.findings]


def test_overlapping_findings_of_two_rules_are_one_hole() -> None:
    text, notes = outcome([rule("b", 1), rule("a", 0)], {0: [Finding(2, 7, "late")], 1: [Finding(0, 3, "first")]})

    assert text == "[FIRST] three"
    assert noted(notes) == [("b", "first", "here", "mask"), ("a", "late", "here", "mask")]


def test_of_two_that_begin_together_the_longest_names_the_hole() -> None:
    text, _ = outcome([rule("a", 0), rule("b", 1)], {0: [Finding(0, 3, "short")], 1: [Finding(0, 7, "long")]})

    assert text == "[LONG] three"


def test_the_same_place_twice_is_the_first_rules() -> None:
    text, _ = outcome([rule("b", 1), rule("a", 0)], {0: [Finding(0, 3, "a")], 1: [Finding(0, 3, "b")]})

    assert text == "[B] two three"


def test_the_first_rule_that_blocks_ends_it_and_what_came_before_is_written_down() -> None:
    rules = [rule("flags", 0, "flag"), rule("blocks", 0, "block"), rule("late", 0, "block")]
    notes = Ledger("id", 0.0, 0.0)
    own = Rules(rules, Said({0: [Finding(0, 3, "x")]}), "request")

    with pytest.raises(Problem, match="'blocks'") as problem:
        decided(Text(TEXT, "user", "here"), own.engine.look(TEXT, frozenset((0,))), own, notes)

    assert problem.value.kind is Kind.BLOCKED
    assert [found.rule for found in notes.findings] == ["flags", "blocks"]


@pytest.mark.parametrize("action", ["mask", "block"])
def test_S60_a_guard_without_a_verdict_lets_nothing_through(action: Action) -> None:
    with pytest.raises(Problem, match="could not decide") as problem:
        outcome([rule("r", 0, action)], {0: Failed("KeyError")})

    assert problem.value.kind is Kind.BLOCKED


@pytest.mark.parametrize(("action", "mode"), [("flag", "enforce"), ("block", "shadow")])
def test_a_guard_that_fails_under_a_rule_that_changes_nothing_is_written_down(action: Action, mode: Mode) -> None:
    text, notes = outcome([rule("r", 0, action, mode=mode)], {0: Failed("KeyError")})

    assert text == TEXT
    assert [found[1] for found in noted(notes)] == ["guard_failed"]


def test_a_shadow_rule_only_writes_down() -> None:
    text, notes = outcome([rule("r", 0, "block", mode="shadow")], {0: [Finding(0, 3, "x")]})

    assert text == TEXT
    assert noted(notes) == [("r", "x", "here", "shadow")]


@pytest.mark.parametrize(
    ("on", "places"),
    [
        ("request", {"system", "user", "assistant", "tool_arguments", "tool_result", "tool", "thinking", "opaque"}),
        ("system", {"system", "opaque"}),
        ("tool_arguments", {"tool_arguments", "opaque"}),
        ("tool_results", {"tool_result", "opaque"}),
        ("response", set()),
    ],
)
def test_S60_where_a_rule_looks_in_a_request(on: On, places: set[str]) -> None:
    every = ("system", "user", "assistant", "tool_arguments", "tool_result", "tool", "thinking", "opaque")

    seen = {
        place for place in every if outcome([rule("r", 0, "mask", on)], {0: [Finding(0, 3, "x")]}, place)[0] != TEXT
    }

    assert seen == places


def test_where_a_rule_looks_in_an_answer() -> None:
    rules = [rule("a", 0, "mask", "tool_arguments"), rule("b", 1, "mask", "system"), rule("c", 2, "mask", "response")]

    own = Rules(rules, Said({}), "response")

    assert [each.name for each in own.rules] == ["a", "c"]
    assert own.at("assistant")[1] == {2}
    assert own.at("tool_arguments")[1] == {0, 2}


@pytest.mark.parametrize(
    ("scope", "holds"),
    [
        (Scope(), True),
        (Scope(teams=frozenset(("web",))), True),
        (Scope(teams=frozenset(("shop",))), True),
        (Scope(teams=frozenset(("other",))), False),
        (Scope(keys=frozenset(("web-key",))), True),
        (Scope(keys=frozenset(("key_1",))), True),
        (Scope(keys=frozenset(("other",))), False),
    ],
)
def test_for_whom_a_rule_is(scope: Scope, holds: bool) -> None:
    caller = Caller("key_1", "web", name="web-key", teams=("web", "shop"))
    own = Rules([Rule("r", 0, "mask", scope=scope)], Said({}), "request")

    assert bool(own.of(caller)) is holds


def test_a_record_stays_readable() -> None:
    _, notes = outcome([rule("r")], {0: [Finding(0, 1, "x")] * (2 * MOST_FINDINGS)})

    assert len(notes.findings) == MOST_FINDINGS


@pytest.mark.parametrize(
    ("style", "text", "label", "instead"),
    [
        ("placeholder", "4111111111111111", "credit_card", "[CREDIT_CARD]"),
        ("partial", "4111111111111111", "credit_card", "****1111"),
        ("partial", "12345", "pin", "****"),
        ("partial", "jo@example.com", "email", "****@example.com"),
        ("hash", "jo@example.com", "email", "[EMAIL:dd5a6e]"),
    ],
)
def test_what_stands_in_the_place_of_a_text(style: str, text: str, label: str, instead: str) -> None:
    made = replace(style, lambda data: "dd5a6e" if label.encode() in data else "")  # type: ignore[arg-type]

    assert made(text, Finding(0, len(text), label)) == instead


def test_a_synthetic_value_has_the_shape_of_the_true_one_and_is_always_the_same() -> None:
    made = replace("synthetic", lambda data: "0123456789abcdef" * 4)

    card = made("4111-1111-1111-1111", Finding(0, 19, "credit_card"))

    assert card != "4111-1111-1111-1111"
    assert card == made("4111-1111-1111-1111", Finding(0, 19, "credit_card"))
    assert [len(part) for part in card.split("-")] == [4, 4, 4, 4]
    digits = [int(char) for char in card if char.isdigit()]
    assert sum(d if at % 2 else d * 2 - 9 * (d > 4) for at, d in enumerate(digits)) % 10 == 0
    assert made("Ann Lee", Finding(0, 7, "person")).istitle()


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ('{"card": 4111111111111111}', '{"card": "[X]"}'),
        ('{"card": "4111111111111111"}', '{"card": "[X]"}'),
        ('{"say": "it is: 4111111111111111"}', '{"say": "it is: [X]"}'),
    ],
)
def test_arguments_stay_json(text: str, after: str) -> None:
    start = text.index("4111")
    own = Rules([rule("r")], Said({0: [Finding(start, start + 16, "x")]}), "request")

    holes = decided(Text(text, "tool_arguments", ""), own.engine.look(text, frozenset((0,))), own, Ledger("", 0, 0))

    assert filled(text, holes) == after
