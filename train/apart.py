"""False alarms on benign texts that are full of the words of attacks, by weights that never saw them."""

import numpy as np

from lockgate.guards.injection.artifact import LEVELS, read
from train.generators import own
from train.heads import learned, made, scored
from train.make import LEAST
from train.rows import rows
from train.texts import labelled

LEFT_OUT = ("own:triggers", "own:voices", "own:registers", "own:records")
"""Families that are benign, all of them or all but a few."""


def main() -> int:
    texts = [*labelled(), *own()]
    table = rows([text.text for text in texts], LEAST)
    thresholds = read().wide
    for family in LEFT_OUT:
        out = np.array([text.family == family for text in texts])
        linear = made(texts, table, ~out & learned(texts))
        tested = table.of(np.flatnonzero(out[table.text]))
        scores, _ = scored(linear.scores(tested), tested, len(texts))
        benign = scores[out & np.array([not text.label for text in texts])]
        rates = ", ".join(
            f"{float((benign > limit).mean()):.4f} at `{level}`"
            for level, limit in zip(LEVELS, thresholds, strict=True)
        )
        print(f"{family}, left out: {benign.size} benign texts, false alarms {rates}", flush=True)
    return 0
