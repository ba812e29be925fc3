"""S62: texts that others labelled, and their values behind each other, are masked in a stream as they are whole."""

import random

import pytest

from bench.guard_set import rows
from tests.unit.pipeline.test_s62_cuts import streamed, whole

DOCUMENTS = rows("dlp/dev.jsonl")
pytestmark = pytest.mark.skipif(not DOCUMENTS, reason="no labelled texts in ../shared/data")
LONG = 700
BETWEEN = ("", " ", "\n", ", ", "; ", "\t", ". ", ".", "-", "/", ":")


def pieces(text: str, chance: random.Random) -> list[str]:
    found, at = [], 0
    while at < len(text):
        size = chance.choice((1, 1, 2, 3, 5, 8, 13, 30))
        found.append(text[at : at + size])
        at += size
    return found


def test_S62_labelled_texts_letter_by_letter() -> None:
    chance = random.Random(4)
    for document in chance.sample(DOCUMENTS, 500):
        if len(text := document["text"]) <= LONG:
            assert streamed(list(text)) == whole(text)


def test_S62_labelled_values_behind_each_other() -> None:
    chance = random.Random(4)
    values = sorted({span["value"] for each in DOCUMENTS for span in each["spans"] if len(span["value"]) < 200})
    for _ in range(1500):
        text = "".join([chance.choice(values) + chance.choice(BETWEEN) for _ in range(3)])
        assert streamed(pieces(text, chance)) == whole(text), text
