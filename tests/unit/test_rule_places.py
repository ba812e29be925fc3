"""Where a rule looks when it does not say: a guard may know better than everywhere."""

from lockgate.app.settings import RuleSettings
from lockgate.guards.code import plugin


def test_without_on_a_rule_of_code_looks_at_the_arguments_of_tools() -> None:
    assert RuleSettings("r", plugin(), "block").places == ("tool_arguments",)
    assert RuleSettings("r", plugin(), "block", on=("request",)).places == ("request",)
