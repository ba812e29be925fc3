"""Lines that are looked for only where a sign of theirs is: nothing may be missed by that."""

from collections.abc import Mapping, Sequence
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from lockgate.core.guard import Guard, Hit
from lockgate.core.toil import Toil
from lockgate.guards.pii import money, numbers, papers
from lockgate.guards.pii import plugin as pii
from lockgate.patterns.database import Line
from lockgate.patterns.encoding import LONG_RUN, RUNS
from lockgate.patterns.engine import Scanner
from lockgate.patterns.kinds import Kinds
from lockgate.patterns.signs import SIGNS
from lockgate.patterns.table import table
from tests.unit.patterns.language import without

ONE = frozenset((0,))


def test_there_is_a_sign_in_every_match_of_a_signed_line() -> None:
    lines = list(table([pii().build()]).signed)

    missed = {line.expression: _unsigned(line) for line in lines}

    assert len(lines) > 50
    assert {line: text for line, text in missed.items() if text is not None} == {}


def _unsigned(line: Line) -> str | None:
    """One sign is in all its matches, most often: that is found out faster."""
    signs = [sign.expression for sign in SIGNS]
    if any(without(line.expression, [sign], caseless=line.caseless) is None for sign in signs):
        return None
    return without(line.expression, signs, caseless=line.caseless)


def test_there_is_a_long_run_in_every_run() -> None:
    assert [without(line.expression, [LONG_RUN.expression]) for _, line in RUNS] == [None] * len(RUNS)


@pytest.mark.parametrize(
    ("expression", "sign"), [(r"\d{4}-?\d{4}", r"\d{8}"), ("(?:ab|a)c?", "abc"), ("[A-Z]{3}", "[A-Z]{4}")]
)
def test_a_text_without_a_sign_is_told(expression: str, sign: str) -> None:
    assert without(expression, [sign]) is not None
    assert without(expression, [sign, ""]) is None


@cache
def _scanners() -> tuple[Scanner, Scanner]:
    kinds = [kind for kind in (*money.KINDS, *papers.KINDS, *numbers.kinds()) if kind.signed]
    plain: list[Guard] = [Kinds([structs.replace(kind, signed=False) for kind in kinds])]
    return Scanner([Kinds(kinds)], None, streams=False), Scanner(plain, None, streams=False)


_PARTS = st.sampled_from(
    ("756.9217.0769.85", "AB 12 34 56 C", "DE89 3704 0044 0532 0130 00", "4111 1111 1111 1111", "A1234567", "ABCPE1234F", "é", " ",
     "\n", "ssn ", "123-45-6789", "X1234567L", "12345678Z", "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2", "RSSMRA85T10A562S", "-", "card ", "0x",
     "de305d5475b4431badb2eb6b9e546014", "19850729-1234", "a", "_", "784-1985-1234567-1", "1HGCM82633A004352", "SGVsbG8gd29ybGQh")
)  # fmt: skip


@settings(max_examples=200)
@given(st.lists(_PARTS | st.text("0123456789 -./ABab", max_size=9), max_size=9).map("".join))
def test_the_same_is_hit_as_by_all_lines_in_one_automaton(text: str) -> None:
    signed, plain = _scanners()

    assert _sorted(signed.hits(text, ONE, Toil())) == _sorted(plain.hits(text, ONE, Toil()))
    assert signed.suspects(text.encode(), ONE)[0] == plain.suspects(text.encode(), ONE)[0]


def _sorted(found: tuple[Mapping[int, Sequence[Hit]], frozenset[str]]) -> object:
    hits, seen = found
    return {number: sorted((hit.end, hit.pattern, hit.start) for hit in own) for number, own in hits.items()}, seen
