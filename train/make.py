"""Makes the model and its figures. The same texts and the same seed give the same bytes."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import numpy as np

from lockgate.guards.injection.artifact import HEADS, PATH, written
from lockgate.guards.injection.features import SIZE
from train import figures
from train.fit import Linear
from train.folds import left_out
from train.generators import own
from train.heads import FROM_ELSEWHERE, Scores, for_head, made
from train.rows import Rows, rows
from train.texts import DATA, Text, labelled

README = PATH.with_name("README.md")
BEGIN, END = "<!-- figures: made by `./lockgate train make` -->", "<!-- end of figures -->"
LEAST = 3
"""How often a place of the table has to be seen."""
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
    heads, lines = [], []
    for head in HEADS:
        scores = left_out(texts, table, head, told)
        limits = [figures.threshold(_benign(texts, scores, head), rate) for rate in figures.RATES]
        lines += [f"**Head `{head}`**", "", *_figures(texts, scores, limits, head), ""]
        heads.append((final(texts, table, head), limits))
    return written([(linear.table(SIZE), linear.bias, limits) for linear, limits in heads]), lines


def final(texts: Sequence[Text], table: Rows, head: str) -> Linear:
    """What ships: from every text that may be used for it."""
    return made(texts, table, np.array([text.permissive for text in texts]) & for_head(texts, head))


def _benign(texts: Sequence[Text], scores: Scores, head: str) -> Scores:
    chosen = [
        not text.label and not np.isnan(score) and (head == "trusted" or text.kind in FROM_ELSEWHERE)
        for text, score in zip(texts, scores.tolist(), strict=True)
    ]
    own: Scores = scores[np.array(chosen)]
    return own


def _figures(texts: Sequence[Text], scores: Scores, limits: Sequence[float], head: str) -> list[str]:
    """Of the head for users all texts; of the other one only what comes from elsewhere."""
    if head == "trusted":
        return list(figures.table(texts, scores, limits))
    kept = [
        number for number, text in enumerate(texts) if text.kind in FROM_ELSEWHERE or text.kind.startswith("indirect")
    ]
    return list(figures.table([texts[number] for number in kept], scores[np.array(kept)], limits))


def _note(page: Path, lines: Sequence[str]) -> None:
    """Between the two marks."""
    text = page.read_text()
    before, _, rest = text.partition(BEGIN)
    page.write_text(f"{before}{BEGIN}\n" + "\n".join(lines).rstrip() + f"\n{END}{rest.partition(END)[2]}")
