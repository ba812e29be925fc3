"""The guard against near misses: on labelled pairs, and on texts of any kind."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lockgate.core.near_miss import LONGEST, alike, signature
from lockgate.core.near_words import COUNTED

PAIRS = [
    (line[0] == "=", *line[2:].split(" | "))
    for line in (Path(__file__).parent / "similar_pairs.txt").read_text().splitlines()
    if line[:2] in ("= ", "! ")
]
LEFT_TO_MEANING = {
    "What is the difference between a lake and a pond?",
    "How do I grow basil from seed indoors?",
}
QUESTION = "how does the old engine of this ship start in a cold winter"
words = st.text("abcdefghijklmnopqrstuvwxyz", min_size=3, max_size=9).filter(lambda word: word not in COUNTED)
sentences = st.lists(words, min_size=3, max_size=12)


def share(one: str, other: str) -> bool:
    mine, theirs = signature(one), signature(other)
    return mine is not None and theirs is not None and alike(mine, theirs)


def test_the_set_is_large_enough_to_say_something() -> None:
    assert len(PAIRS) >= 200
    assert sum(same for same, *_ in PAIRS) >= 100


@pytest.mark.parametrize(("one", "other"), [each[1:] for each in PAIRS if not each[0]])
def test_S33_a_near_miss_is_none(one: str, other: str) -> None:
    assert share(one, other) == (one in LEFT_TO_MEANING)
    assert share(other, one) == (one in LEFT_TO_MEANING)


def test_most_paraphrases_are_left_to_meaning() -> None:
    passed = sum(share(one, other) for same, one, other in PAIRS if same)

    assert passed >= 80


@given(st.text(max_size=300))
def test_any_text_is_like_itself_or_never_compared(text: str) -> None:
    mark = signature(text)

    assert mark is None or alike(mark, mark)


@given(st.text(max_size=60), st.text(max_size=60))
def test_which_was_asked_first_makes_no_difference(one: str, other: str) -> None:
    assert share(one, other) == share(other, one)


@given(
    sentences,
    st.integers(0, 12),
    st.sampled_from(["not", "never", "without", "17", "kein", "NATO", "x_y", "`a`", '"b"', "+"]),
)
def test_S33_one_word_more_that_counts(said: list[str], at: int, word: str) -> None:
    assert not share(" ".join(said), " ".join([*said[:at], word, *said[at:]]))


@given(sentences, st.integers(0, 10**9), st.integers(0, 10**9))
def test_S33_another_number(said: list[str], one: int, other: int) -> None:
    assert share(f"{' '.join(said)} {one}", f"{' '.join(said)} {other}") == (one == other)


@given(sentences, st.sampled_from(sorted(COUNTED)))
def test_S33_a_word_of_the_lists_counts_wherever_it_is_said(said: list[str], word: str) -> None:
    assert not share(" ".join(said), " ".join([*said, word]))


def test_S33_every_word_of_the_lists_counts() -> None:
    written = [*COUNTED, "außer", "größer", "schließen"]
    assert [word for word in written if share(QUESTION, f"{QUESTION} {word}")] == []


@pytest.mark.parametrize("hidden", ["\u200b", "\u202e", "\u00ad", "\ue000", "\x00", "\ufeff"])
def test_S33_what_nobody_sees_is_never_compared(hidden: str) -> None:
    assert signature(QUESTION) is not None
    assert signature(QUESTION + hidden + "x") is None


@pytest.mark.parametrize(
    "text", ["", "  ", "сколько это стоит", "这个多少钱", "هل هذا آمن", "p\u0430ypal", "x" * (LONGEST + 1)]
)
def test_S33_what_is_not_understood_is_never_compared(text: str) -> None:
    assert signature(text) is None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Why don't cats swim?", "Why don\u2019t cats swim?"),
        ("What does \u201caffect\u201d mean?", 'What does "affect" mean?'),
        ("It cannot start. What now?", "It can not start. What now?"),
        ("On my old phone, how do I send long videos?", "How do I send long videos on my old phone?"),
    ],
)
def test_spelling_is_no_difference(one: str, other: str) -> None:
    assert share(one, other)
