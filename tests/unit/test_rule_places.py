"""A rule that does not say where it looks does so where its guard is for."""

import pytest

from lockgate.app.settings import RuleSettings
from lockgate.core.guard import GuardConfig, On
from lockgate.guards.blocklist import plugin as blocklist
from lockgate.guards.code import plugin as code
from lockgate.guards.prompt_leak import plugin as prompt_leak


@pytest.mark.parametrize(
    ("guard", "places"),
    [(blocklist(words=("x",)), ("request",)), (code(), ("tool_arguments",)), (prompt_leak(), ("response",))],
    ids=["most", "code", "prompt_leak"],
)
def test_a_rule_that_does_not_say_where_looks_where_its_guard_is_for(
    guard: GuardConfig, places: tuple[On, ...]
) -> None:
    assert RuleSettings("r", guard, "block").places == places
    assert RuleSettings("r", guard, "block", on=("system",)).places == ("system",)
