"""What the weights are made from, and how: windows of attacks compete for the label of their text, windows of benign texts share it."""

from collections import Counter
from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from lockgate.guards.injection.windows import chance, narrow_chance
from train.fit import Linear, fit
from train.rows import Rows
from train.texts import Text

Mask = npt.NDArray[np.bool_]
Places = npt.NDArray[np.int64]
Scores = npt.NDArray[np.float64]
DECAY = 0.5
ROUNDS = (12, 24, 16)
HARD = 16.0
"""How much more a benign text counts the third time, if it looked like an attack for sure."""
MASS = 10_000.0
FEW, BENIGN = 6, 3
"""Windows of a long text that are learned from at first, and of a benign one afterwards."""
NOTHING = -50.0
WORTH = {"own:listings": 0.4, "own:pages": 0.7, "own:registers": 0.7, "own:records": 0.7}
"""How much a family of many benign texts counts; others count 1."""
OWN = 1.3
"""How much more attacks of the project's own families count than given ones: they are of more kinds."""
FROM_ELSEWHERE = frozenset(("document", "tool_output", "document_about_security", "code_file"))
"""Kinds of benign texts that tools return."""
SEMANTIC = "indirect_injection_semantic"
"""An ordinary request: an attack only where it stands in data."""


def learned(texts: Sequence[Text]) -> Mask:
    """Which texts there is something to learn from, and which may be used for it."""
    return np.array([text.permissive and text.kind != SEMANTIC for text in texts])


def made(texts: Sequence[Text], rows: Rows, chosen: Mask) -> Linear:
    """Weights from the chosen texts. Three times: the second time, the window of an attack that scored highest stands for it, and
    those of a benign text that scored highest for that. The third time, benign texts count by how much they looked like attacks:
    one false alarm in a hundred is decided by few of them.
    """
    labels = np.array([text.label for text in texts], dtype=np.float64)
    importance = _importance(texts, labels, chosen)
    windows = np.bincount(rows.text, minlength=len(texts))
    mine = np.flatnonzero(chosen[rows.text])
    some = rows.of(mine[_some(rows.text[mine], windows)])
    share = importance / np.where(labels > 0, windows, np.sqrt(windows))
    first = fit(some, labels[some.text], share[some.text], DECAY, ROUNDS[0])
    scores = first.scores(rows)
    best = rows.of(mine[_highest(scores[mine], rows.text[mine], labels)])
    share = importance / np.where(labels > 0, 1.0, np.sqrt(np.minimum(windows, BENIGN)))
    own, weight = labels[best.text], share[best.text]
    second = fit(best, own, weight, DECAY, ROUNDS[1], first)
    return fit(best, own, weight * harder(second.scores(best), own), DECAY, ROUNDS[2], second)


def harder(scores: Scores, labels: Scores) -> Scores:
    """What each counts the third time, by what it scored the second time."""
    looks = 1.0 / (1.0 + np.exp(-np.clip(scores, -40, 40)))
    return np.where(labels > 0, 1.0, 1.0 + HARD * looks)


def _some(owners: Places, windows: Places) -> Mask:
    """Of a long text, a few windows, evenly."""
    rank = _rank(owners)
    every: Mask = rank % np.maximum(1, -(-windows[owners] // FEW)) == 0
    return every


def _highest(scores: Scores, owners: Places, labels: Scores) -> Places:
    """Windows that scored highest: one of an attack, a few of a benign text."""
    order = np.lexsort((-scores, owners))
    kept = _rank(owners[order]) < np.where(labels[owners[order]] > 0, 1, BENIGN)
    return np.sort(order[kept])


def _rank(owners: Places) -> Places:
    """Of windows that stand text by text, each one's number in its text."""
    size = owners.size
    begins = np.flatnonzero(np.diff(owners, prepend=-1))
    return np.arange(size) - np.repeat(begins, np.diff(np.append(begins, size)))


def _importance(texts: Sequence[Text], labels: Scores, chosen: Mask) -> Scores:
    """Large families count more than small ones, but by the root of their size; attacks as much as benign texts."""
    size = Counter((text.family, text.label) for text, mine in zip(texts, chosen, strict=True) if mine)
    out = np.array(
        [
            _worth(text) * size[text.family, text.label] ** -0.5 if mine else 0.0
            for text, mine in zip(texts, chosen, strict=True)
        ]
    )
    for label in (0.0, 1.0):
        side = labels == label
        out[side] *= 0.5 * MASS / max(float(out[side].sum()), 1e-9)
    return out


def _worth(text: Text) -> float:
    more = OWN if text.label and text.family.startswith("own:") else 1.0
    return WORTH.get(text.family, 1.0) * more


def scored(scores: Scores, rows: Rows, texts: int) -> tuple[Scores, Scores]:
    """Of each text, what the guard makes of its wide windows, and of its narrow ones: of many, one is high by chance."""
    return (
        _highest_of(scores, rows, ~rows.narrow, texts, chance),
        _highest_of(scores, rows, rows.narrow, texts, narrow_chance),
    )


def _highest_of(scores: Scores, rows: Rows, mine: Mask, texts: int, price: Callable[[int], float]) -> Scores:
    """Less what that many windows of a reading cost each of them."""
    out = np.full(texts, NOTHING)
    counts = np.bincount(rows.reading[mine])
    prices = np.array([price(count) if count else 0.0 for count in counts.tolist()])
    np.maximum.at(out, rows.text[mine], scores[mine] - prices[rows.reading[mine]])
    return out
