"""What is remembered within a text changes nothing but the work: held against the same without a memory, and counted."""

import re

from hypothesis import given
from hypothesis import strategies as st

from lockgate.core.finding import Finding
from lockgate.patterns import encoding
from lockgate.patterns.disguise import _LOOKS, _MIXED, _said, undisguised
from lockgate.patterns.held import WORD
from lockgate.patterns.kinds import NEARER, Kind, Kinds
from lockgate.patterns.looking import Looking
from lockgate.patterns.plain import find

ONE = frozenset((0,))
TEXTS = st.lists(st.sampled_from(["AB01", "AB02", "CD99", "not", "nothing", " ", ".", "x"]), max_size=60).map("".join)

TWO = r"(?:ab|b0) ?: {0,2}[a-z0-9.é]{2,4}"
HOLDING = Looking([Kinds([Kind("two", TWO, 0.9)])])


def even(text: str) -> bool:
    return int(text[2:]) % 2 == 0


@given(TEXTS)
def test_findings_are_those_of_every_match_looked_at_by_itself(text: str) -> None:
    guard = Kinds([Kind("code", r"(?<![A-Z0-9])[A-Z]{2}\d{2}(?!\d)", 0.9, even, unless=r"\bnot ")])

    found = find(guard, text)

    wanted = [
        Finding(match.start(), match.end(), "code", 0.9)
        for match in re.finditer(r"(?<![A-Z0-9])[A-Z]{2}\d{2}(?!\d)", text)
        if even(match[0])
        and not re.compile(r"\bnot ", re.IGNORECASE).search(text, max(0, match.start() - NEARER), match.start())
    ]
    assert list(found) == wanted


def test_S49_what_comes_again_and_again_is_checked_once() -> None:
    checked: list[str] = []

    def noting(text: str) -> bool:
        checked.append(text)
        return False

    engine = Looking([Kinds([Kind("code", r"\b[A-Z]{2}\d{2}\b", 0.9, noting)])], streams=False)

    engine.look("AB01 CD02 " * 10_000, ONE)

    assert sorted(checked) == ["AB01", "CD02"]


@given(st.text(st.sampled_from("ab1\u200b\u2060\ufe00\U000e0141\U000e0151\U000e0041\uff41\u0430\ufb01%")))
def test_what_is_not_seen_says_the_same_the_second_time(text: str) -> None:
    view = undisguised(text)

    alike = _MIXED.search(text) is not None
    assert view is None or "".join(piece.text for piece in view.pieces) == view.text
    assert (text if view is None else view.text) == _LOOKS.sub(lambda found: _said(found[0], alike=alike), text)


@given(
    st.lists(st.sampled_from(["%41", "&#65;", "&amp;", r"\x41", r"\u0041", r"\/", "%", "&", "é", "a "])).map("".join)
)
def test_escapes_say_the_same_the_second_time(text: str) -> None:
    view = next(encoding.views(text, frozenset((encoding.ESCAPED,))))

    assert "".join(piece.text for piece in view.pieces) == view.text
    assert view.text == encoding._ESCAPES.sub(lambda found: encoding._character(found[0]), text)


@given(st.text(st.sampled_from("ab0 .-'\n,é日:@")), st.text(st.sampled_from("ab0. -'é"), max_size=6))
def test_a_stream_holds_its_last_word_and_what_may_go_on_with_it(before: str, ahead: str) -> None:
    text = before + ahead
    for match in re.finditer(f"(?=({TWO}))", text):
        begin, end = match.span(1)
        for cut in range(begin + 1, end):
            assert HOLDING.growing(text[:cut], ONE) >= cut - begin
    word = re.search(rf"[{WORD}]*\Z", text)
    assert word is not None
    assert HOLDING.growing(text, ONE) >= min(len(word[0]), HOLDING.reach)
