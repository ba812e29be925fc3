"""Lists of names with stars: as regular expressions would read them, and in linear time."""

import re
from time import perf_counter

from hypothesis import given
from hypothesis import strategies as st

from lockgate.core.names import Names

WORDS = st.text("ab*", max_size=6)
PLAIN = st.text("ab", max_size=8)


def slow(pattern: str, name: str) -> bool:
    return re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), name, re.DOTALL) is not None


@given(WORDS, PLAIN)
def test_a_star_is_any_run_of_characters(pattern: str, name: str) -> None:
    assert (name in Names((pattern,))) is slow(pattern, name)


@given(st.lists(WORDS, max_size=4), st.lists(WORDS, max_size=4), PLAIN)
def test_what_a_list_covers_it_has(mine: list[str], others: list[str], name: str) -> None:
    if Names(mine).covers(others) and name in Names(others):
        assert name in Names(mine)


def test_an_empty_list_has_nothing() -> None:
    assert "" not in Names(())
    assert not Names(())


def test_many_stars_and_a_long_name_take_no_time() -> None:
    names = Names(("*a" * 99 + "b",))

    began = perf_counter()

    assert "a" * 500 not in names
    assert "a" * 10_000_000 not in names
    assert perf_counter() - began < 0.1
