"""What a guard thinks of its settings reaches the file's line; what is built in takes no address."""

from pathlib import Path

from lockgate.app import cross_check
from lockgate.app.parts import parts
from lockgate.app.settings import RuleSettings
from lockgate.core.guard import Guard, GuardConfig


class Picky(GuardConfig, frozen=True, tag="picky"):
    """Refuses an empty list, as a guard that has nothing to look for should."""

    words: tuple[str, ...] = ()

    def build(self) -> Guard:
        raise ValueError("at least one word")


def test_a_guard_refuses_its_settings_at_its_place() -> None:
    from dataclasses import replace

    rule = RuleSettings("r", Picky(), "block")

    (wrong,) = cross_check.mistakes(replace(parts({}, ()), rules={3: rule}), {}, Path("/nowhere"))

    assert wrong.path == ("rules", 3, "guard")
    assert (wrong.found, wrong.expected) == (
        "settings that the guard refuses: at least one word",
        "others: see the guard's page",
    )


def test_a_reference_to_a_broken_part_is_no_second_mistake() -> None:
    from lockgate.app.mistake import Wrong

    tree = {"providers": {"a": {"kind": 7}}, "models": {"m": {"targets": [{"provider": "a"}]}}}

    assert (
        list(cross_check.mistakes(parts(tree, [Wrong(("providers", "a", "kind"), "", "")]), {}, Path("/nowhere"))) == []
    )
