"""What a head is made from, and how: windows of attacks compete for the label of their text, windows of benign texts share it."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from lockgate.guards.injection.artifact import Head
from lockgate.guards.injection.features import SIZE
from lockgate.guards.injection.windows import CHANCE
from train.fit import Linear, fit
from train.rows import Rows
from train.texts import Text

Mask = npt.NDArray[np.bool_]
Scores = npt.NDArray[np.float64]
DECAY = 1.0
ROUNDS = (12, 24)
MASS = 10_000.0
NOTHING = -50.0
FROM_ELSEWHERE = frozenset(("document", "tool_output", "document_about_security", "code_file"))
"""Kinds of benign texts that tools return."""
SEMANTIC = "indirect_injection_semantic"
"""An ordinary request: an attack only where it stands in data."""


def for_head(texts: Sequence[Text], head: str) -> Mask:
    """Which texts a head learns from."""
    if head == "trusted":
        return np.array([text.kind != SEMANTIC for text in texts])
    return np.array([bool(text.label) or text.kind in FROM_ELSEWHERE for text in texts])


def made(texts: Sequence[Text], rows: Rows, chosen: Mask) -> Linear:
    """A head from the chosen texts. Twice: the second time, the window of an attack that scored highest stands for it."""
    labels = np.array([text.label for text in texts], dtype=np.float64)
    importance = _importance(texts, labels, chosen)
    windows = np.bincount(rows.text, minlength=len(texts)).astype(np.float64)
    own = rows.of(np.flatnonzero(chosen[rows.text]))
    attack = labels[own.text] > 0
    share = np.where(attack, 1.0 / windows[own.text], 1.0 / np.sqrt(windows[own.text]))
    first = fit(own, labels[own.text], importance[own.text] * share, SIZE, DECAY, ROUNDS[0])
    scores = first.scores(own)
    best = highest(scores, own, len(texts))
    share = np.where(attack, scores >= best[own.text], share)
    kept = np.flatnonzero(share > 0)
    second = own.of(kept)
    return fit(second, labels[second.text], (importance[own.text] * share)[kept], SIZE, DECAY, ROUNDS[1], first)


def _importance(texts: Sequence[Text], labels: Scores, chosen: Mask) -> Scores:
    """Large families count more than small ones, but by the root of their size; attacks as much as benign texts."""
    size = Counter((text.family, text.label) for text, mine in zip(texts, chosen, strict=True) if mine)
    out = np.array(
        [size[text.family, text.label] ** -0.5 if mine else 0.0 for text, mine in zip(texts, chosen, strict=True)]
    )
    for label in (0.0, 1.0):
        side = labels == label
        out[side] *= 0.5 * MASS / max(float(out[side].sum()), 1e-9)
    return out


def highest(scores: Scores, rows: Rows, texts: int) -> Scores:
    """Of each text, the score of its highest window."""
    out = np.full(texts, NOTHING)
    np.maximum.at(out, rows.text, scores)
    return out


def scored(scores: Scores, rows: Rows, texts: int) -> Scores:
    """Of each text, what the guard makes of its windows: of many, one is high by chance."""
    windows = np.bincount(rows.text, minlength=texts)
    return highest(scores, rows, texts) - CHANCE * np.log(np.maximum(windows, 1))


def as_head(linear: Linear, thresholds: Sequence[float]) -> Head:
    return Head(linear.weights.astype(np.float32), linear.bias, tuple(thresholds))
