"""Texts that the classifier reads in one go: each scores what it scores alone, and what a plain twin says."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from lockgate.guards.injection import ReadingPhrases, plugin
from lockgate.guards.injection.artifact import Model, read
from lockgate.guards.injection.classifier import CUTS, Classifier, Cut
from lockgate.guards.injection.features import CHANNELS, EDGE, OFFSETS, following, sparse_following
from lockgate.guards.injection.lexicon import Lexicon
from lockgate.guards.injection.tests import ABROAD, ATTACKS, BENIGN, WORDS
from lockgate.guards.injection.tokens import described, tokens
from lockgate.guards.injection.weighing import BLOCK, Weighing
from train.vocabulary import BEFORE, Vocabulary

CLASSIFIER = Classifier()
"""Remembers words from one example to the next."""
MODEL = read()
BOTH: Sequence[Cut] = ("wide", "narrow")
PLACES = st.sampled_from(["user", "tool_result", "system"])


@given(st.lists(st.tuples(WORDS, st.text(max_size=20)), max_size=6))
@settings(max_examples=100)
def test_texts_that_are_read_together_score_what_each_scores_alone(texts: list[tuple[list[str], str]]) -> None:
    """The quick way and its plain twin, to the last bit."""
    made = [" ".join([*words, rest]) for words, rest in texts]
    together = CLASSIFIER.words(*made)
    alone = [Classifier().words(text) for text in made]

    for number, scores in enumerate(CLASSIFIER.scores(together, BOTH)):
        assert scores == [Classifier().scores(one, BOTH)[number][0] for one in alone]
    assert dict(together.otherwise()) == {at: own for at, one in enumerate(alone) for _, own in one.otherwise()}


@given(st.lists(st.tuples(WORDS, st.text(max_size=20), st.integers(1, 12)), max_size=6))
@settings(max_examples=60)
def test_no_text_is_left_out_that_may_score_too_high(texts: list[tuple[list[str], str, int]]) -> None:
    """By the quick sums, held against each window of each text. A text of no token has none."""
    made = [" ".join([*words, rest] * times) for words, rest, times in texts]
    words = CLASSIFIER.words(*made)
    wide, narrow = CLASSIFIER.scores(words, BOTH)
    tops = [max([*first, *second], default=-math.inf) for first, second in zip(wide, narrow, strict=True)]

    for least in (-2.0, 0.0, *(top for top in tops if top > MODEL.bias)):
        lively = CLASSIFIER.lively(words, least, narrow=True)
        assert {number for number, top in enumerate(tops) if top > least} <= set(lively)  # all, not nearly
        assert all(tops[number] > least - 2e-6 for number in lively)
        assert set(CLASSIFIER.lively(words, least, narrow=False)) <= set(lively)


def test_a_long_text_scores_the_same_wherever_it_is_cut_into_blocks() -> None:
    long = " ".join([*BENIGN, *ABROAD, *ATTACKS] * 40)
    assert len(tokens(long)) > 2 * BLOCK

    shifted = CLASSIFIER.scores(CLASSIFIER.words(BENIGN[0], long), BOTH)

    assert [cut[1] for cut in shifted] == [cut[0] for cut in CLASSIFIER.scores(CLASSIFIER.words(long), BOTH)]


@given(WORDS, st.text(max_size=30))
@settings(max_examples=50)
def test_a_score_is_what_the_formula_says(words: list[str], rest: str) -> None:
    text = " ".join([*words, rest])

    for cut, scores in zip(BOTH, CLASSIFIER.scores(CLASSIFIER.words(text), BOTH), strict=True):
        plain = told(text, MODEL, cut)
        assert len(scores[0]) == len(plain)
        assert all(math.isclose(one, other, abs_tol=1e-5) for one, other in zip(scores[0], plain, strict=True))


def told(text: str, model: Model, cut: Cut) -> list[float]:
    """Every window's score, token by token and channel by channel."""
    known = [described(token) for token in tokens(text)]
    own = [
        sum(float(model.weights[place]) * float(model.worth[at]) for at, place in channels(known, number))
        for number in range(len(known))
    ]
    where, price = CUTS[cut]
    starts, ends = where(len(known))
    chance = price(max(1, len(starts)))
    spans = zip(starts.tolist(), ends.tolist(), strict=True)
    return [sum(own[start:end]) / math.sqrt(end - start + 4) + model.bias - chance for start, end in spans]


def channels(known: Sequence[tuple[int, ...]], number: int) -> list[tuple[int, int]]:
    """Of a token, its channels and its places."""
    mix = 0x9E3779B1
    w, s, k = ([known[number - back][row] if number >= back else 0 for back in range(5)] for row in range(3))
    two = [(each[1] * mix + each[0]) % 2**32 for each in (w, s, k)]
    three = [((each[2] * mix + each[1]) * mix + each[0]) % 2**32 for each in (w, s, k)]
    four = (k[3] * mix + three[2] * 0x27D4EB2F) % 2**32
    five = (k[4] * 0x165667B1 + four * mix) % 2**32
    said = [w[0], s[0], k[0], *two, *three, four, five, (w[2] * mix + w[0] * 0xC2B2AE3D) % 2**32]
    if known[number][3]:
        said += concepts([each[3] for each in known[: number + 1] if each[3]][::-1] + [0] * 4, mix)
    return [(at, placed(value, CHANNELS[at])) for at, value in enumerate(said)]


def concepts(c: Sequence[int], mix: int) -> list[int]:
    def mixed(value: int) -> int:
        value = (value + 1) * 0x165667B1 % 2**32
        return value ^ value >> 13

    near = [(min(c[0], other) * mix + max(c[0], other)) % 2**32 for other in c[1:5]]
    return [
        c[0],
        (c[1] * mix + c[0]) % 2**32,
        ((c[2] * mix + c[1]) * mix + c[0]) % 2**32,
        *near,
        mixed(c[0]) ^ mixed(c[1]) ^ mixed(c[2]),
    ]


def placed(value: int, channel: str) -> int:
    """Channels of nearness share the part of the first of them."""
    at = CHANNELS.index("near1" if channel.startswith("near") else channel)
    bits = int(OFFSETS[at + 1] - OFFSETS[at]).bit_length() - 1
    value = value * 0x85EBCA77 % 2**32
    value = (value ^ value >> 15) * 0x9E3779B1 % 2**32
    return int(OFFSETS[at]) + (value >> 32 - bits)


@given(st.lists(st.tuples(WORDS, PLACES), max_size=6))
@settings(max_examples=50)
def test_what_is_read_together_is_found_as_if_each_were_read_alone(texts: list[tuple[list[str], str]]) -> None:
    made = [(" ".join(words), place) for words, place in texts]
    quick, plain = plugin().build(), plugin().build()
    assert isinstance(quick, ReadingPhrases)
    assert isinstance(plain, ReadingPhrases)

    assert quick.read_all(made) == [plain.read(*each) for each in made]
    assert quick.read_all(made[::-1]) == [plain.read(*each) for each in made[::-1]]


@given(st.lists(st.lists(st.tuples(WORDS, PLACES), max_size=4), max_size=4))
@settings(max_examples=50)
def test_texts_of_several_requests_that_wait_for_each_other_are_found_as_if_each_were_read_alone(
    requests: list[list[tuple[list[str], str]]],
) -> None:
    made = [[(" ".join(words), place) for words, place in texts] for texts in requests]
    quick, plain = plugin().build(), plugin().build()
    assert isinstance(quick, ReadingPhrases)
    assert isinstance(plain, ReadingPhrases)

    for texts in made:
        list(quick.soon(texts))

    assert [quick.read_all(texts) for texts in made] == [[plain.read(*each) for each in texts] for texts in made]


PARTS = st.text("ab.,'-!?=\n\t\r\x00\x1c\u00e9\u2019\u0301\u5ffd\u65e0 1", max_size=40) | st.text(max_size=20)


@given(PARTS)
@settings(max_examples=300)
def test_no_token_depends_on_what_is_behind_a_blank(text: str) -> None:
    assert [token for piece in text.split(" ") for token in tokens(piece)] == tokens(text)


WEIGHING = Weighing(MODEL)
LEXICON, AT_ONCE = Lexicon(MODEL, few=1 << 30), Lexicon(MODEL, few=0)
VOCABULARY = Vocabulary()


def plainly(text: str) -> np.ndarray[Any, np.dtype[np.float64]]:
    """What each token weighs, as the weights were made."""
    said = tokens(text)
    table = VOCABULARY.of([*[BEFORE] * EDGE, *said, *[BEFORE] * EDGE])
    at = following(table[:3])  # several columns: added channel by channel
    out = (MODEL.weights.take(at) * MODEL.worth[: at.shape[0], None]).sum(axis=0, dtype=np.float64)
    which, at = sparse_following(np.append(table[3], np.ones(2, dtype=np.uint32)))
    own = (MODEL.weights.take(at) * MODEL.worth[-at.shape[0] :, None]).sum(axis=0, dtype=np.float64)
    inside = which < len(said)
    out[which[inside]] += own[inside]
    return out[: len(said)]


@given(st.lists(st.tuples(WORDS, PARTS), max_size=4))
@settings(max_examples=100)
def test_each_token_weighs_what_the_weights_were_made_for(texts: list[tuple[list[str], str]]) -> None:
    """To the last bit."""
    made = [" ".join([*words, rest]) for words, rest in texts]
    wanted = [plainly(text).tolist() for text in made]

    for lexicon in (LEXICON, AT_ONCE):
        columns, spans = lexicon.columns(made)
        weighed = WEIGHING.weighed(columns)
        assert [weighed[start:end].tolist() for start, end in spans] == wanted


def test_each_token_of_many_weighs_what_the_weights_were_made_for() -> None:
    """To the last bit, channel by channel."""
    long = " ".join([*BENIGN, *ABROAD, *ATTACKS] * 40)
    texts = [BENIGN[0], long[: 4 * BLOCK], long[4 * BLOCK : 12 * BLOCK]]
    columns, spans = AT_ONCE.columns(texts)
    weighed = WEIGHING.weighed(columns)

    assert weighed.size > BLOCK
    for text, (start, end) in zip(texts, spans, strict=True):
        assert weighed[start:end].tolist() == plainly(text).tolist()


def test_a_full_vocabulary_begins_anew_and_says_the_same() -> None:
    small, large = Vocabulary(8), Vocabulary()
    for text in (*ATTACKS, *ABROAD, *BENIGN, " ".join(ATTACKS)):
        assert (small.of(tokens(text)) == large.of(tokens(text))).all()
