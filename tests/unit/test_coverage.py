"""S60: `lockgate coverage` tries every slot of every dialect, and says where a rule does not look."""

import pytest

from lockgate.app.coverage import CANARY, Cell, coverage
from lockgate.app.settings import RuleSettings
from lockgate.core.dialect import Dialect
from lockgate.core.guard import GuardConfig, On
from lockgate.core.registry import tables
from lockgate.guards.blocklist import plugin
from lockgate.guards.webhook import plugin as webhook

DIALECTS = set(tables("lockgate.dialects", Dialect))


LOCAL, REMOTE = plugin(words=("x1",)), webhook(url="https://detector.example")


def cells(*on: On, guard: GuardConfig = LOCAL) -> list[Cell]:
    return list(coverage([RuleSettings("r", guard, "block", on=on)]))


@pytest.mark.parametrize(
    "on", [("request", "response"), ("tool_arguments",), ("system", "tool_results"), ("response",)]
)
@pytest.mark.parametrize("guard", [LOCAL, REMOTE], ids=["local", "remote"])
def test_S60_no_cell_is_open(on: tuple[On, ...], guard: GuardConfig) -> None:
    assert [cell for cell in cells(*on, guard=guard) if cell.seen == "OPEN"] == []


def test_S60_a_rule_that_asks_elsewhere_looks_at_the_same() -> None:
    assert cells("request", "response", guard=REMOTE) == cells("request", "response")


def test_S60_every_dialect_has_its_row_in_every_way() -> None:
    found = cells("request", "response")

    assert {(c.dialect, c.way) for c in found} == {(d, w) for d in DIALECTS for w in ("request", "response", "stream")}
    assert {c.seen for c in found} == {"looks", "no such slot"}
    assert sum(c.seen == "looks" for c in found) > 80


def test_where_a_rule_was_not_asked_to_look_it_does_not() -> None:
    found = {(c.slot, c.way): c.seen for c in cells("tool_arguments") if c.dialect == "openai_chat"}

    assert found["tool arguments", "request"] == found["tool arguments", "stream"] == "looks"
    assert found["user", "request"] == found["assistant", "response"] == "does not look"
    assert found["unknown field", "request"] == "looks"


def test_the_canary_is_no_word_of_a_protocol() -> None:
    assert CANARY.isalpha()
