"""Windows, tokens and the model's file of the injection guard."""

import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lockgate.guards.injection import artifact
from lockgate.guards.injection.classifier import Classifier, above, highest
from lockgate.guards.injection.features import OFFSETS, SIZE
from lockgate.guards.injection.tokens import places, tokens
from lockgate.guards.injection.windows import chance, narrow, narrow_chance, wide
from train.vocabulary import Vocabulary


@given(st.integers(0, 5000))
def test_every_token_is_in_a_window(size: int) -> None:
    for cut, step in ((wide, 32), (narrow, 8)):
        starts, ends = cut(size)
        covered = np.zeros(size, dtype=bool)
        for start, end in zip(starts, ends, strict=True):
            covered[start:end] = True

        assert covered.all() or (cut is narrow and size <= 96 and not starts.size)
        assert starts.size <= 1 + size // step


def test_S42_windows_of_long_texts_do_not_fill_the_memory() -> None:
    tracemalloc.start()
    for size in range(300_000, 300_040):
        assert narrow(size)[1][-1] == size
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert held < 3_000_000


@given(st.integers(1, 100_000))
def test_of_more_windows_each_is_worth_less(windows: int) -> None:
    assert chance(1) == narrow_chance(1) == 0.0
    assert chance(windows) < chance(windows + 1)
    assert narrow_chance(windows) < narrow_chance(windows + 1)


@given(st.text(max_size=400))
def test_places_are_those_of_the_tokens(text: str) -> None:
    assert [match[0] for match in places(text)] == tokens(text)
    assert not "".join(tokens(text)).isspace() or "\n" in text


@given(st.lists(st.sampled_from(["ignore", "the", "previous", "42", "!", "忽略", "cat", "\n"]), max_size=300))
def test_a_window_scores_the_same_in_a_longer_text(words: list[str]) -> None:
    """But for the neighbours that its first tokens have: so the sums are compared from there."""
    text = " ".join(words)
    classifier = Classifier()
    scores = classifier.scores(classifier.words(text), ("wide",))[0][0]

    scored = highest(scores)
    spans = above(text, scores, len(tokens(text)), "wide", scored - 1e-9) if words else ()

    assert not words or not text.strip(" ") or any(abs(span[2] - scored) < 1e-9 for span in spans)


def test_a_vocabulary_begins_anew_when_it_is_full() -> None:
    small, large = Vocabulary(10), Vocabulary()
    for number in range(50):
        words = [f"w{number}", "ignore", f"v{number}"]
        assert (small.of(words) == large.of(words)).all()


@pytest.mark.parametrize("change", ["short", "long", "flipped", "magic"])
def test_a_model_that_was_changed_is_refused(tmp_path: Path, change: str) -> None:
    data = bytearray(artifact.PATH.read_bytes())
    if change == "short":
        del data[-1]
    elif change == "long":
        data += b"x"
    else:
        data[0 if change == "magic" else 5000] ^= 1
    path = tmp_path / "model.bin"
    path.write_bytes(data)

    with pytest.raises(artifact.Broken):
        artifact.read(path)


def test_a_model_is_written_as_it_is_read(tmp_path: Path) -> None:
    weights = np.linspace(-1, 1, SIZE)
    path = tmp_path / "model.bin"
    path.write_bytes(artifact.written(weights, -1.5, (0.0, 1.0, 2.0), (3.0, 4.0, 5.0)))

    model = artifact.read(path)

    assert (model.bias, model.wide, model.narrow) == (-1.5, (0.0, 1.0, 2.0), (3.0, 4.0, 5.0))
    assert float(np.abs(model.weights * np.repeat(model.worth, np.diff(OFFSETS)) - weights).max()) < 0.005
    assert artifact.PATH.stat().st_size <= artifact.MOST


def test_a_clean_text_is_read_once() -> None:
    text = "The committee met on 12 May to discuss 3 items: the budget, a loan of 500 euros, and the cat."

    assert not list(Classifier().words(text).otherwise())
