"""Times of the audit log that are no time: no record would ever be written in it, or checkpoints without a pause."""

import pytest

from tests.unit.configurations import one


@pytest.mark.parametrize("name", ["patience", "checkpoint"])
def test_no_time_at_all_is_a_mistake(name: str) -> None:
    _, path, _, expected = one(f"version: 1\naudit: {{{name}: 0ms}}\n")

    assert (path, expected) == ("audit", f"a time longer than zero for {name}")
