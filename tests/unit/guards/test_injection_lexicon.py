"""What is known of tokens and pieces: looked up all at once it is the same as one by one, and bounded."""

import tracemalloc
from itertools import islice, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lockgate.guards.injection.artifact import read
from lockgate.guards.injection.features import EDGE
from lockgate.guards.injection.known import LONGEST, PIECES, PORTION
from lockgate.guards.injection.lexicon import Lexicon
from lockgate.guards.injection.tests import ABROAD, ATTACKS, BENIGN
from lockgate.guards.injection.weighing import Weighing

MODEL = read()
WEIGHING = Weighing(MODEL)
LEXICON, AT_ONCE = Lexicon(MODEL, few=1 << 30), Lexicon(MODEL, few=0)

SHORTS = st.lists(st.text("ab\0\t1.", max_size=3) | st.text("ab.", min_size=7, max_size=18), max_size=30).map(" ".join)


@given(st.lists(SHORTS, min_size=1, max_size=3))
@settings(max_examples=200)
def test_a_piece_that_is_looked_up_as_numbers_is_no_other_piece(texts: list[str]) -> None:
    one, other = AT_ONCE.columns(texts), LEXICON.columns(texts)

    assert one[1] == other[1]
    assert [one[0].said.tolist(), one[0].alone.tolist(), one[0].marks.tolist()] == [
        other[0].said.tolist(),
        other[0].alone.tolist(),
        other[0].marks.tolist(),
    ]


@pytest.mark.parametrize("first", ["\0a", "a\0", "\0\0a", "\0" * 9 + "a", "bbbbbbbb\0a"])
def test_S61_a_text_with_characters_of_no_value_changes_nothing_for_others(first: str) -> None:
    lexicon, after = Lexicon(MODEL, few=0), "a bbbbbbbba bbbbbbbb"
    for _ in range(3):
        lexicon.columns([first])

    assert (lexicon.columns([after])[0].said == LEXICON.columns([after])[0].said).all()


LONG_WORD = "abcdefghijklmnopqrs"
ALIKE = [
    *(f"{letter}{number}" for number in range(4000) for letter in "abc"),  # some want the same place
    *("abcdefgh" + "".join(each) for each in product("bdgkmprstv", repeat=4)),  # with the same first number
    *(LONG_WORD[:size] for size in range(1, len(LONG_WORD))),
]


def test_pieces_that_want_the_same_place_are_told_apart() -> None:
    texts = [" ".join(ALIKE[start : start + 2000]) for start in range(0, len(ALIKE), 2000)]
    lexicon = Lexicon(MODEL, few=0)
    assert len(ALIKE) < PIECES

    for text in (*texts, *texts, *texts):
        assert (lexicon.columns([text])[0].said == LEXICON.columns([text])[0].said).all()


def test_a_lexicon_that_is_full_begins_anew_and_says_the_same() -> None:
    small, large = Lexicon(MODEL, 8), Lexicon(MODEL, few=1 << 30)
    for text in (
        *ATTACKS,
        *ABROAD,
        *BENIGN,
        " ".join(ATTACKS),
        " ".join(f"w{n}" for n in range(PIECES + 9)),
        "a-" * LONGEST,
        "a-" * PORTION,
    ):
        (one, spans), (other, others) = small.columns([text, text]), large.columns([text, text])
        assert spans == others
        assert (WEIGHING.weighed(one) == WEIGHING.weighed(other)).all()


def test_S42_texts_of_made_up_words_leave_no_more_than_others() -> None:
    words = list(islice(map("".join, product("bcdfghklmnprstvwxz", repeat=4)), 40_000))
    lexicon = Lexicon(MODEL, 64)
    lexicon.columns([" ".join(words[:4000])])
    tracemalloc.start()
    for start in range(4000, 40_000, 4000):
        columns, _ = lexicon.columns([" ".join(words[start : start + 4000])])
        assert columns.marks.size == 4000 + 2 * EDGE
    del columns
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert held < 7_000_000  # its tables, and the words of the last text
