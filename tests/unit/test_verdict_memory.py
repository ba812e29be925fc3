"""Verdicts that are remembered: for a while, not too many, and never a text."""

import gc

from lockgate.core.finding import Finding
from lockgate.core.verdict_memory import VerdictMemory

FOUND = (Finding(0, 2, "x"),)


def test_a_verdict_is_good_for_its_time() -> None:
    memory = VerdictMemory(10)
    memory.put("hello", "user", FOUND, 100.0)

    assert memory.get("hello", "user", 109.9) == FOUND
    assert memory.get("hello", "user", 110.0) is None
    assert memory.get("hello", "system", 100.0) is None
    assert memory.get("hello ", "user", 100.0) is None


def test_without_time_nothing_is_kept() -> None:
    memory = VerdictMemory(0)
    memory.put("hello", "user", FOUND, 100.0)

    assert memory.get("hello", "user", 100.0) is None


def test_there_are_not_too_many_and_the_oldest_go_first() -> None:
    memory = VerdictMemory(10, most=2)
    for text in ("a", "b", "a", "c"):
        memory.put(text, "user", (), 1.0)

    assert [memory.get(text, "user", 1.0) for text in "abc"] == [(), None, ()]


def test_no_text_is_kept() -> None:
    memory = VerdictMemory(10)
    memory.put("some private words " * 3, "user", FOUND, 1.0)

    kept = str(gc.get_referents(memory))
    assert "private" not in kept
    assert "x" in kept
