"""Every kind of personal data: the examples of the offices are found, those made from them too, and wrong ones are not."""

import random
import string
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

import pytest

from lockgate.core.guard import Failed, Finding
from lockgate.guards.pii import contact, money, numbers, papers, people, plugin
from lockgate.patterns.kinds import Kind
from lockgate.patterns.looking import Looking
from tests.automata import CACHE

ENGINE = Looking([plugin().build()], CACHE)
ONE = frozenset((0,))


@cache
def kinds() -> tuple[Kind, ...]:
    return (*contact.KINDS, *money.KINDS, *papers.KINDS, *people.KINDS, *numbers.kinds())


def rows() -> Iterator[tuple[str, str, str]]:
    for line in (Path(__file__).parent / "published_numbers.txt").read_text().splitlines():
        if not line.startswith("#"):
            label, right, *wrong = line.split("\t")
            yield label, right, wrong[0] if wrong else ""


ROWS = tuple(rows())
CHECKED = [(label, right) for label, right, wrong in ROWS if not wrong]


def found(text: str) -> Sequence[Finding]:
    verdict = ENGINE.look(text, ONE).get(0, [])
    assert not isinstance(verdict, Failed)
    return verdict


def labels(text: str) -> set[str]:
    return {each.label for each in found(text)}


def proved(label: str, text: str) -> bool:
    return any(
        kind.check is None or kind.check(match["value" if "value" in match.re.groupindex else 0])
        for kind in kinds()
        if kind.label == label
        for match in kind.exact.finditer(text)
    )


def around(text: str) -> Iterator[str]:
    yield f"please note: {text}, as agreed"
    yield f"note,value\n1,{text}\n2,none\n"
    yield f"- {text}\n- nothing\n"
    yield f"| {text} | 3 |"


def others(text: str, chance: random.Random) -> str:
    """The same with other digits."""
    return "".join(chance.choice(string.digits) if char.isdigit() else char for char in text)


def test_every_kind_has_an_example() -> None:
    assert {label for label, _, _ in ROWS} == {kind.label for kind in kinds()}


@pytest.mark.parametrize(("label", "text"), [row[:2] for row in ROWS], ids=[row[0] for row in ROWS])
def test_what_offices_publish_is_found(label: str, text: str) -> None:
    assert all(label in labels(each) for each in around(text))


@pytest.mark.parametrize(("label", "text"), [(row[0], row[2]) for row in ROWS if row[2]])
def test_what_only_looks_like_it_is_none(label: str, text: str) -> None:
    assert label not in labels(f"please note: {text} as agreed")


@pytest.mark.parametrize(("label", "text"), CHECKED, ids=[label for label, _ in CHECKED])
def test_the_check_tells_right_from_wrong(label: str, text: str) -> None:
    """A tenth of the numbers passes a check of one digit, and no other last character does than the right one."""
    chance = random.Random(label)
    alphabet = string.digits if text.rstrip(")")[-1].isdigit() else string.ascii_uppercase
    end = len(text) - text.endswith(")") - 1
    wrong = [text[:end] + char + text[end + 1 :] for char in alphabet if char != text[end]]

    assert not [each for each in wrong if proved(label, each)]
    made = (others(text, chance) for _ in range(600))
    right = [each for _, each in zip(range(6), filter(lambda each: proved(label, each), made), strict=False)]
    assert all(label in labels(f"please note: {each} as agreed") for each in right)
