"""How well the guards find, held to what is promised, on the labelled texts beside the project: without them, skipped."""

import pytest

from bench.guard_set import STRUCTURED, Count, Score, rows, scored
from lockgate.guards.pii import plugin as pii
from lockgate.guards.secrets import plugin as secrets
from lockgate.patterns.looking import Looking
from tests.automata import CACHE

DOCUMENTS = rows("dlp/dev.jsonl")
pytestmark = pytest.mark.skipif(not DOCUMENTS, reason="no labelled texts in ../shared/data")


@pytest.fixture(scope="module")
def score() -> Score:
    return scored(Looking([pii().build(), secrets().build()], CACHE), DOCUMENTS)


def test_structured_personal_data(score: Score) -> None:
    total = Count()
    for name in STRUCTURED:
        part = score.types[name]
        total = Count(
            total.found + part.found, total.marked + part.marked, total.right + part.right, total.wrong + part.wrong
        )

    assert total.marked > 1000
    assert total.found >= 0.95 * total.marked
    assert total.right >= 0.95 * (total.right + total.wrong)


def test_addresses_of_machines(score: Score) -> None:
    count = score.types["IP"]

    assert count.found >= 0.93 * count.marked
    assert count.right >= 0.97 * (count.right + count.wrong)


def test_secrets(score: Score) -> None:
    count = score.types["SECRET"]

    assert count.found >= 0.90 * count.marked
    assert count.right >= 0.97 * (count.right + count.wrong)


def test_clean_documents_are_left_alone(score: Score) -> None:
    """What only looks like a secret (451 texts that other tools had to learn to leave alone) is counted apart."""
    ordinary = [count for kind, count in score.kinds.items() if kind != "secret_negative"]
    touched, texts = sum(count.wrong for count in ordinary), sum(count.marked for count in ordinary)

    assert texts > 2500
    assert touched <= 0.005 * texts
    assert score.kinds["clean_text"].wrong <= 0.004 * score.kinds["clean_text"].marked
    assert score.touched["all"] < 0.0135 * score.clean
