"""Which lines a pattern is, and what is told of several: the same as if they were one."""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lockgate.core.guard import Pattern
from lockgate.guards.pii import plugin as pii
from lockgate.guards.secrets import plugin as secrets
from lockgate.patterns.database import Line, automaton
from lockgate.patterns.held import _OUTSIDE, _in_words
from lockgate.patterns.scans import joined
from lockgate.patterns.shape import parts
from lockgate.patterns.syntax import Chars, Choice, Node, Repeat, Sequence_, read
from lockgate.patterns.table import MANY, line, lines

WORDS = [f"{first}{second}" for first in "ABCD" for second in "ABCD"]
GUARDS = (pii().build(), secrets().build())
PATTERNS = [pattern for guard in GUARDS for pattern in guard.patterns]


@cache
def made(wanted: tuple[Line, ...]) -> Any:
    return automaton(wanted, None)


def ends(wanted: Iterable[Line], text: str) -> set[int]:
    found: set[int] = set()
    made(tuple(wanted)).scan(text.encode(), match_event_handler=lambda *hit: found.add(hit[2]))
    return found


def test_the_words_of_a_line_are_found_at_all() -> None:
    pattern = Pattern(f"(?:{'|'.join(WORDS)})\\d")

    assert ends(lines(pattern), "AA1 AX1 CD2") == ends([line(pattern)], "AA1 AX1 CD2") == {3, 11}


@pytest.mark.parametrize("rest", [r"\d(?:-?[A-Z]){2}", r"\b", r"[A-D]?C\b"])
@given(text=st.lists(st.sampled_from((*WORDS, *"abcd123- \n")), max_size=12).map("".join))
def test_many_words_at_the_front_are_a_line_each_and_find_the_same(rest: str, text: str) -> None:
    pattern = Pattern(f"(?:{'|'.join(WORDS)}){rest}", caseless=True)

    several = list(lines(pattern))

    assert len(several) == len(WORDS) == MANY
    assert ends(several, text) == ends([line(pattern)], text)


@pytest.mark.parametrize(
    "pattern",
    [
        Pattern(f"(?:{'|'.join(WORDS)})x", spans=True),
        Pattern(f"(?:{'|'.join(WORDS[1:])})x"),
        Pattern(f"(?:{'|'.join([*WORDS, '[xy]z'])})x"),
        Pattern(f"(?i:{'|'.join(WORDS)})x"),
    ],
)
def test_others_stay_one_line(pattern: Pattern) -> None:
    assert list(lines(pattern)) == [line(pattern)]


@given(st.lists(st.lists(st.integers(0, 20), unique=True).map(sorted), min_size=1, max_size=5))
def test_an_end_is_told_once_however_many_lines_have_it(lists: list[list[int]]) -> None:
    assert joined(lists) == sorted({end for each in lists for end in each})


def test_whether_a_class_is_of_words_is_the_same_when_only_ascii_is_asked_for() -> None:
    classes = {each.text for pattern in PATTERNS for each in parts(read(pattern.expression)) if isinstance(each, Chars)}
    classes |= {"é", "中", r"[^\w]", r"[^\S]", r"\S", ".", "[^a]", "[a-zé]", "[a-z中]", r"[\x41-\xff]"}

    assert len(classes) > 300
    assert {text for text in classes if _in_words(text)} == {
        text for text in classes if re.search(text, _OUTSIDE, re.DOTALL | re.ASCII) is None
    }


def test_all_parts_of_a_tree_come_in_order() -> None:
    for pattern in PATTERNS:
        node = read(pattern.expression)

        assert list(parts(node)) == list(_below(node))


def _below(node: Node) -> Iterator[Node]:
    yield node
    if isinstance(node, Repeat):
        yield from _below(node.node)
    for each in node.items if isinstance(node, Sequence_) else node.options if isinstance(node, Choice) else ():
        yield from _below(each)


@given(st.text("ab -_", min_size=1, max_size=6), st.sampled_from(("", "?", "+", "*", "{2}", "|c", "[d]", "(e)", r"\d")))
def test_letters_are_read_in_one_go_as_one_by_one(letters: str, after: str) -> None:
    apart = "".join(f"\\x{ord(letter):02x}" for letter in letters)

    assert str(read(letters + after)) == re.sub(
        r"\\\\x(..)", lambda found: chr(int(found[1], 16)), str(read(apart + after))
    )
