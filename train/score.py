"""Scores texts as the guard does: what `evaluate.py` beside the labelled texts asks for."""

import time
from pathlib import Path

import msgspec

from lockgate.guards.injection.scoring import Scoring
from train.texts import labelled


def main(texts: Path, scores: Path, place: str) -> int:
    scoring = Scoring(untrusted=place == "tool_result")
    with scores.open("wb") as out:
        for text in labelled(texts):
            started = time.process_time()
            score = scoring.score(text.text)
            spent = (time.process_time() - started) * 1000
            out.write(msgspec.json.encode({"id": text.id, "score": score, "ms": spent}) + b"\n")
    return 0
