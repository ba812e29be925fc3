"""The engine finds what Python's own expressions find, and knows what could still become a match."""

import time
from itertools import pairwise

import pytest
import regex
from hypothesis import given, settings
from hypothesis import strategies as st

from lockgate.core.guard import Failed, Finding, Hit, Pattern
from lockgate.core.toil import MOST_SEEN, TOO_MANY, Toil
from lockgate.patterns.engine import Scanner
from lockgate.patterns.kinds import Kind, Kinds, merged
from lockgate.patterns.looking import Looking
from lockgate.patterns.plain import find

EXPRESSIONS = (
    r"AB[0-3]{4}",
    r"(?<![\w.])[a-c.]{1,5}@(?:[a-c]{1,4}\.){1,3}[a-c]{2,4}(?!\w)",
    r"\bkey ?= ?(?P<value>[a-c0-3]{3,6})\b",
    r"(?:one|only|on) [a-c]{1,3}",
    r"a(?i:bc)+0",
    r"[äö]{2,3}-\d",
)
TEXTS = st.text(st.sampled_from("abcABCkeyonl01234@. =äö-"), max_size=40)
KINDS = Kinds([Kind("x", each) for each in EXPRESSIONS])
ONE = frozenset((0,))
ENGINE = Looking([KINDS])


def found(text: str) -> list[Finding]:
    verdict = ENGINE.look(text, ONE).get(0, [])
    assert not isinstance(verdict, Failed)
    return list(verdict)


@settings(deadline=None)
@given(TEXTS)
def test_the_engine_finds_what_its_plain_twin_finds(text: str) -> None:
    assert found(text) == list(find(KINDS, text))


@settings(deadline=None)
@given(TEXTS)
def test_every_beginning_of_a_match_is_held(text: str) -> None:
    begins = [
        start
        for start in range(len(text))
        if any(regex.fullmatch(each, text, pos=start, partial=True) for each in EXPRESSIONS)
    ]

    assert ENGINE.growing(text, ONE) >= (len(text) - begins[0] if begins else 0)


def test_a_clean_end_is_not_held() -> None:
    assert ENGINE.growing("nothing of it here!", ONE) == 0
    assert ENGINE.growing("it says AB01", ONE) == 4


@pytest.mark.parametrize("expression", ["^ab", r"\Aab", r"(?:^|c)ab"])
def test_a_pattern_that_would_never_be_found_is_refused(expression: str) -> None:
    """Nobody would see that it finds nothing: at the start of a text the automaton sees a line's end."""
    with pytest.raises(ValueError, match="the start of a text"):
        Looking([Kinds([Kind("x", expression)])])


def test_what_only_other_guards_look_for_is_not_held() -> None:
    both = Looking([KINDS, Kinds([Kind("y", r"X-Y+\. Z")])])

    assert both.growing("see X-Y. ", frozenset((0,))) == 0
    assert both.growing("see X-Y. ", frozenset((1,))) == 5


def test_a_surrogate_without_its_twin_shifts_nothing() -> None:
    assert found("\ud800é AB0123") == [Finding(3, 9, "x", 0.9)]


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 30), st.integers(1, 8)), min_size=1, max_size=12))
def test_merged_findings_cover_the_same_and_do_not_overlap(spans: list[tuple[int, int]]) -> None:
    findings = [Finding(start, start + size, "x") for start, size in spans]

    out = merged(list(findings))

    assert {at for f in out for at in range(f.start, f.end)} == {at for f in findings for at in range(f.start, f.end)}
    assert all(left.end <= right.start for left, right in pairwise(out))


class Broken:
    """A guard with a mistake in it."""

    patterns = (Pattern("AB"),)
    reach, before = 2, 0

    def confirm(self, text: str, hits: list[Hit]) -> list[Finding]:
        raise KeyError(text)


def test_a_guard_that_throws_has_failed_and_the_others_have_not() -> None:
    verdicts = Looking([Broken(), KINDS]).look("AB0123", frozenset((0, 1)))

    assert verdicts == {0: Failed("KeyError"), 1: [Finding(0, 6, "x", 0.9)]}


def test_hits_of_guards_that_were_not_asked_for_are_none() -> None:
    assert Looking([Broken(), KINDS]).look("AB0123", ONE.__class__((1,))) == {1: [Finding(0, 6, "x", 0.9)]}


def test_S49_many_hits_that_come_to_nothing_take_linear_time() -> None:
    scanner = Scanner([KINDS], None)
    text = "xa@a.aa" * 15_000
    started = time.process_time()

    hits = scanner.hits(text, ONE, Toil())[0][0]

    assert len(hits) == 15_000
    assert list(KINDS.confirm(text, hits)) == []
    assert time.process_time() - started < 2


WEAK = Kinds(
    [Kind("weak", r"\d{4}", 0.1, words=r"code|pass\b|key ?word", told=0.9), Kind("strong", r"[A-Z]{3}\d", 0.9)]
)


@settings(deadline=None)
@given(
    st.text(st.sampled_from("codepasky w0123AB.é\n"), max_size=24),
    st.sampled_from(["", "code ", "pass ", "xcode ", "keyword: ", "KEY WORD-"]),
)
def test_what_means_nothing_without_a_word_is_found_beside_one_and_not_otherwise(rest: str, words: str) -> None:
    text = words + rest
    verdict = WEAK_ENGINE.look(text, ONE).get(0, [])
    assert not isinstance(verdict, Failed)

    assert list(verdict) == list(find(WEAK, text))


def test_a_word_stands_alone_and_may_stand_first() -> None:
    assert WEAK_ENGINE.look("code 1234", ONE)
    assert WEAK_ENGINE.look("no. 1234 and code", ONE) == {}
    assert WEAK_ENGINE.look("barcode 1234", ONE) == {}
    assert WEAK_ENGINE.suspicious(b'{"x": "code 1234"}', ONE)
    assert not WEAK_ENGINE.suspicious(b'{"x": "barcode 1234"}', ONE)


def test_S49_a_text_with_more_hits_than_can_be_looked_at_has_not_been_found_clean() -> None:
    dense = Looking([Kinds([Kind("x", r"a")])])

    assert dense.look("a" * (MOST_SEEN + 2), ONE) == {0: TOO_MANY}
    assert dense.suspicious(b"a" * (MOST_SEEN + 2), ONE)


WEAK_ENGINE = Looking([WEAK])
