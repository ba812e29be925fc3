"""The regex guard's own tests."""

import time
from collections.abc import Sequence

import pytest

from lockgate.core.events import TextDelta
from lockgate.core.guard import Failed, Finding, Rule, Rules
from lockgate.guards.regex import plugin
from lockgate.patterns.looking import Looking
from lockgate.pipeline.hold import Holdback
from lockgate.pipeline.ledger import Ledger


def found(text: str, *patterns: str, caseless: bool = False, except_: tuple[str, ...] = ()) -> Sequence[Finding]:
    guard = plugin(patterns=patterns, caseless=caseless, except_=except_).build()
    verdict = Looking([guard]).look(text, frozenset((0,))).get(0, [])
    assert not isinstance(verdict, Failed)
    return verdict


def test_finds_the_longest_match_that_begins_there() -> None:
    assert found("see PRJ-12345, ok", r"[A-Z]{3}-\d{4,8}") == [Finding(4, 13, "pattern")]


def test_places_are_characters_not_bytes() -> None:
    assert found("über é PRJ-1234", r"[A-Z]{3}-\d{4}") == [Finding(7, 15, "pattern")]


def test_a_repeat_without_an_end_works() -> None:
    assert found("xx fooabcbar", r"foo\w+bar") == [Finding(3, 12, "pattern")]


def test_what_is_excepted_is_not_found() -> None:
    assert found("PRJ-1 prj-2", r"PRJ-\d", caseless=True, except_=("prj-1",)) == [Finding(6, 11, "pattern")]


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        (r"(a)\1", "back reference"),
        (r"(?=a)b", "looking ahead"),
        (r"(?<!a)b", "looking ahead or behind"),
        (r"a*", "empty"),
        (r"(a", "not closed"),
        (r"[a", "not closed"),
        (r"a)", "closes"),
        (r"*a", "nothing stands before"),
        (r"(?(1)a|b)", "not possible"),
        (r"a{5,2}", "at least 5"),
        (r"^a$", "pieces"),
        (r"a{40000}", "longer than 1000"),
        (r"(ab){600}", "longer than 1000"),
        (r"\p{Lu}+", r"\\p"),
        (r"\Qa\E", r"\\Q"),
        (r"\x{41}", r"\\x"),
        (r"\cA", r"\\c"),
        (r"[z-a]", "z-a"),
        (r"[\w--\d]", "set difference"),
        (r"[[:alpha:]]", "nested set"),
        ("(" * 3000 + "a" + ")" * 3000, "within each other"),
    ],
)
def test_S49_refuses_what_cannot_be_compiled_with_the_reason(pattern: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        plugin(patterns=(pattern,)).build()


@pytest.mark.parametrize("pattern", [r"([\w.+-]+)+@", r"(a|a)*b", r"(\w+\s?)*!", r"(x+x+)+y"])
def test_S49_a_pattern_that_explodes_elsewhere_takes_linear_time(pattern: str) -> None:
    engine = Looking([plugin(patterns=(pattern,)).build()])
    started = time.perf_counter()

    engine.look("a" * 100_000 + "!", frozenset((0,)))
    engine.look("x" * 100_000, frozenset((0,)))

    assert time.perf_counter() - started < 1.0


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        (r"\B[^\s].", "c.Ba1  .Aa", "c.B[PATTERN] [PATTERN]a"),
        (r"\b[^]a].\D", "bBabbab\u00e9", "[PATTERN]bbab\u00e9"),
        ("\\b[^b]\u00e9", "aaB\u00e9cA.", "aaB\u00e9cA."),
        (r"\b\w{3}", "abcdef ghi", "[PATTERN]def [PATTERN]"),
        (r"\bPRJ\d", "xPRJ1 UFJKMSBQUkoxIFBSSjE= PRJ1", "xPRJ1 [PATTERN] [PATTERN]"),
    ],
)
def test_S62_where_a_word_begins_is_the_same_however_a_text_is_cut(pattern: str, text: str, expected: str) -> None:
    """What left already is before what is looked at; what was before that is not there any more, and not nothing."""
    engine = Looking([plugin(patterns=(pattern,)).build()])
    rules = Rules([Rule("r", 0, "mask", frozenset(("response",)))], engine, "response")
    for cuts in ([text], list(text), *([text[:at], text[at:]] for at in range(1, len(text)))):
        hold = Holdback(rules, Ledger("", 0, 0))
        left = [r for piece in cuts for r in hold.feed(None, [TextDelta(piece)])] + hold.end()
        said = "".join(e.text for release in left for e in release.events if isinstance(e, TextDelta))

        assert said == expected, cuts


@pytest.mark.parametrize(("patterns", "label"), [((), "x"), (("a",), "X Y")])
def test_refuses_nonsense_before_traffic(patterns: tuple[str, ...], label: str) -> None:
    with pytest.raises(ValueError, match=r"`patterns`|`label`"):
        plugin(patterns=patterns, label=label).build()
