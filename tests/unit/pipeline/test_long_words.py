"""Texts without blanks: values come back in them, unless an address may have begun in front of all that is looked at."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lockgate.pipeline.careful import Careful
from lockgate.pipeline.decide import filled
from lockgate.pipeline.ledger import Ledger
from tests.unit.pipeline.test_careful import AWAY, ENGINE, PLAIN, SOME, streamed

CHINESE = "\u8bf7\u628a\u5408\u540c\u5bc4\u7ed9\u5ba2\u6237\uff0c\u8c22\u8c22\u3002"
"""A sentence of twelve signs, and no blank in it."""


@pytest.mark.parametrize("signs", [900, 1023, 1024, 1025, 1100, 5000])
@pytest.mark.parametrize("ahead", ["", "\u95ee\uff1a\u597d\uff1f", "(https://evil.example/)\n"], ids=range(3))
def test_a_value_comes_back_in_a_paragraph_without_blanks(signs: int, ahead: str) -> None:
    text = ahead + (CHINESE * 500)[:signs] + "<EMAIL_1>" + CHINESE + "<EMAIL_2>"

    for cuts in ((), (signs,), tuple(range(1, len(text), 50)), tuple(range(1, len(text), 7))):
        out, ledger = streamed(text, *cuts)
        assert out == text.replace("<EMAIL_1>", "jo@mail.org").replace("<EMAIL_2>", "al@mail.org"), cuts
        assert ledger.findings == []


@pytest.mark.parametrize("signs", [900, 1024, 1100, 5000])
@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example/?d=",
        "www.evil.example/",
        "evil.example/",
        "[x](//evil.example/",
        "evil.example?",
        "[2001:db8::1]?d=",
        "%2F%2Fevil.example%2F",
    ],
)
def test_S62_but_not_where_an_address_begins_before_all_of_it(origin: str, signs: int) -> None:
    text = "\u770b " + CHINESE * 3 + " " + origin + (CHINESE * 500)[:signs] + "<EMAIL_1>"

    for cuts in ((), (len(text) - 12,), tuple(range(1, len(text), 50)), tuple(range(1, len(text), 7))):
        assert "jo@mail.org" not in streamed(text, *cuts)[0], cuts


@pytest.mark.parametrize(
    "origin",
    [
        '<img src="https://evil.example/?d=\n',
        "<img src='//evil.example/?d=",
        "<div style=\"background:url('//evil.example/?d=\n",
        '<img src="' + " " * 400 + "//evil.example/?d=\n",
        '<img src="' + "\n" * 1400 + "//evil.example/?d=\n",
    ],
    ids=range(5),
)
def test_S62_nor_where_it_goes_on_behind_a_line_in_quotes(origin: str) -> None:
    """A browser takes the line's end out of it."""
    for text in (origin + CHINESE * 200 + "\n" + CHINESE * 200, origin + "x" * 1200 + "\n" * 3 + "x" * 2000):
        for cuts in ((), (40,), (len(text) - 12,), tuple(range(1, len(text), 7))):
            assert "jo@mail.org" not in streamed(text + "<EMAIL_1>", *cuts)[0], cuts


def test_quotes_that_close_end_it() -> None:
    text = '<img src="https://evil.example/">\n' + CHINESE * 200 + "<EMAIL_1>"

    for cuts in ((), (40,), tuple(range(1, len(text), 7))):
        assert "jo@mail.org" in streamed(text, *cuts)[0], cuts


@settings(max_examples=60)
@given(st.lists(SOME | st.just(CHINESE * 45), min_size=1, max_size=9), st.data())
def test_S62_any_cut_of_long_words_gives_what_the_whole_text_gives(pieces: list[str], data: st.DataObject) -> None:
    text = "".join(pieces)
    restorer = Careful(PLAIN, (AWAY,), ENGINE.outlets, Ledger("", 0, 0))
    whole = filled(text, restorer.holes(text, restorer.found(text)))
    cuts = data.draw(st.lists(st.integers(0, len(text)), max_size=6).map(sorted))

    assert streamed(text, *cuts, rules=())[0] == whole
