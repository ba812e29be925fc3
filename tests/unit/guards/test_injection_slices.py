"""A long text that the classifier reads slice by slice: it scores what it scores in one go, to the last bit."""

import random
from collections.abc import Generator
from typing import TypeVar

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lockgate.guards.injection import ReadingPhrases, plugin
from lockgate.guards.injection.classifier import Classifier
from lockgate.guards.injection.reading import Reading
from lockgate.guards.injection.slices import SLICE, slices
from lockgate.guards.injection.tests import ATTACKS, BENIGN, WORDS
from lockgate.guards.injection.tokens import tokens

T = TypeVar("T")
LONG = st.builds(
    lambda words, rest, times, blank: blank.join([*words, rest] * times),
    WORDS,
    st.text(max_size=40) | st.just("y" * SLICE + " now " + "y" * SLICE),
    st.integers(1, 60),
    st.sampled_from([" ", "\n", "", "  "]),
)


def ended(steps: Generator[None, None, T]) -> T:
    while True:
        try:
            next(steps)
        except StopIteration as end:
            found: T = end.value
            return found


@given(LONG)
@settings(max_examples=60)
def test_slices_are_the_text_and_their_tokens_its_tokens(text: str) -> None:
    assert "".join(slices(text)) == text
    assert [token for piece in slices(text) for token in tokens(piece)] == tokens(text)
    assert all(len(piece) <= SLICE or " " not in piece[:-1] for piece in slices(text))


@given(LONG)
@settings(max_examples=60)
def test_slice_by_slice_a_text_weighs_what_it_weighs_in_one_go(text: str) -> None:
    at_once = Classifier()
    words = ended(Classifier().long(text))
    plain = at_once.words(text)

    assert words.running(0).tolist() == plain.running(0).tolist()
    assert words.marks.tolist() == plain.marks.tolist()
    assert list(words.otherwise()) == list(plain.otherwise())


@given(st.lists(LONG, max_size=5))
@settings(max_examples=30)
def test_several_texts_weigh_in_steps_what_they_weigh_in_one_go(texts: list[str]) -> None:
    at_once = Classifier()
    words = ended(Classifier().several(texts))
    plain = at_once.words(*texts)

    assert list(words.spans) == list(plain.spans)
    assert [words.running(at).tolist() for at in range(len(texts))] == [
        plain.running(at).tolist() for at in range(len(texts))
    ]
    assert words.marks.tolist() == plain.marks.tolist()


def made_up(number: int, seed: int) -> str:
    dice = random.Random(seed)
    return " ".join("".join(dice.choices("bcdfghklmnprst", k=9)) for _ in range(number))


@pytest.mark.parametrize("inside", [ATTACKS[0], BENIGN[0], "1 G n 0 r e   a l l"], ids=["attack", "benign", "signs"])
def test_what_was_read_in_steps_is_known_then(inside: str) -> None:
    text = f"{made_up(900, 1)} {inside} {made_up(900, 2)}"
    stepwise, plain = (ReadingPhrases(plugin(), Reading("medium", "medium")) for _ in range(2))

    steps = len(list(stepwise.in_slices(text, "tool_result")))

    assert steps >= len(text) // SLICE
    assert stepwise.read(text, "tool_result") == plain.read(text, "tool_result")
    assert not list(stepwise.in_slices(text, "tool_result")), "it is known already"
    assert not list(stepwise.in_slices(text, "system")), "nobody asked for it"


def test_S49_the_words_of_a_long_text_leave_nothing_behind_and_crowd_nobody_out() -> None:
    """More new words than are remembered, slice by slice, while others are read in between."""
    classifier = Classifier()
    said = ATTACKS[0]
    before = classifier.score(said)
    steps = classifier.long(made_up(60_000, 3))
    for number, _ in enumerate(steps):
        if number % 50 == 0:
            assert classifier.score(said) == before
    assert classifier.score(said) == before
    assert np.isfinite(before).all()
