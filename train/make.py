"""Makes the model and its figures. The same texts and the same seed give the same bytes."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import numpy as np

from lockgate.guards.injection.artifact import PATH, written
from lockgate.guards.injection.features import SIZE
from train import figures
from train.fit import Linear
from train.folds import left_out
from train.generators import own
from train.heads import FROM_ELSEWHERE, Scores, learned, made
from train.rows import Rows, rows
from train.texts import DATA, Text, labelled

README = PATH.with_name("README.md")
BEGIN, END = "<!-- figures: made by `./lockgate train make` -->", "<!-- end of figures -->"
LEAST = 3
"""How often a place of the table has to be seen."""
NARROW = (-0.39, -0.01, 0.61)
"""Thresholds of narrow windows, of each level, as `./lockgate train calibrate` found them."""
say = partial(print, flush=True)


def main() -> int:
    if not DATA.is_dir():
        say("the labelled texts are not here: ../shared/data/injection/dev.jsonl")
        return 1
    texts = [*labelled(), *own()]
    data, lines = model(texts, say)
    PATH.write_bytes(data)
    _note(README, lines)
    say("\n".join(lines))
    say(f"{len(data):,} bytes in {PATH}")
    return 0


def model(texts: Sequence[Text], told: Callable[[str], None] = lambda line: None) -> tuple[bytes, list[str]]:
    """The file's bytes, and the figures as lines of Markdown."""
    table = rows([text.text for text in texts], LEAST)
    told(f"{len(texts)} texts, {table.starts.size} windows, {table.places.size} features")
    wide, narrow = left_out(texts, table, told)
    limits = [figures.threshold(_benign(texts, wide), rate) for rate in figures.RATES]
    lines = ["**What a user says**", "", *figures.table(texts, wide, limits), ""]
    lines += ["**Results of tools**", "", *_untrusted(texts, np.maximum(wide - limits[1], narrow - NARROW[1])), ""]
    linear = final(texts, table)
    return written(linear.table(SIZE), linear.bias, limits, NARROW), lines


def final(texts: Sequence[Text], table: Rows) -> Linear:
    """What ships: from every text that may be used for it."""
    return made(texts, table, learned(texts))


def _benign(texts: Sequence[Text], scores: Scores) -> Scores:
    return scores[np.array([not text.label for text in texts]) & ~np.isnan(scores)]


def _untrusted(texts: Sequence[Text], scores: Scores) -> list[str]:
    """Of what comes from elsewhere only, and at thresholds of its own, so that false alarms are as often as the columns say."""
    kept = [
        number for number, text in enumerate(texts) if text.kind in FROM_ELSEWHERE or text.kind.startswith("indirect")
    ]
    mine = [texts[number] for number in kept]
    own = scores[np.array(kept)]
    return list(figures.table(mine, own, [figures.threshold(_benign(mine, own), rate) for rate in figures.RATES]))


def _note(page: Path, lines: Sequence[str]) -> None:
    """Between the two marks."""
    text = page.read_text()
    before, _, rest = text.partition(BEGIN)
    page.write_text(f"{before}{BEGIN}\n" + "\n".join(lines).rstrip() + f"\n{END}{rest.partition(END)[2]}")
