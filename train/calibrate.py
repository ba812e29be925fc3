"""Thresholds of narrow windows, by the half of this machine's documents that nothing is measured on: weights never saw either half."""

import numpy as np

from lockgate.guards.injection.artifact import LEVELS
from lockgate.guards.injection.classifier import Classifier
from train.documents import documents
from train.figures import threshold

ALARMS = (0.02, 0.006, 0.001)
"""So many of the documents score more, at each level."""


def main() -> int:
    classifier = Classifier()
    scores = [(*classifier.score(document.text), document.measured) for document in documents()]
    wide, narrow, measured = np.array(scores).T
    other = measured == 0
    print(f"{int(other.sum())} documents")
    limits = [threshold(narrow[other], rate) for rate in ALARMS]
    print(
        "narrow windows:", ", ".join(f"{limit:.2f} at `{level}`" for level, limit in zip(LEVELS, limits, strict=True))
    )
    for level, limit in zip(LEVELS, classifier.model.wide, strict=True):
        print(f"wide windows raise an alarm at `{level}` in {float((wide[other] > limit).mean()):.4f} of them")
    return 0
