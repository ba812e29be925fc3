"""Scores texts as the guard would: what `evaluate.py` beside the labelled texts asks for."""

import time
from pathlib import Path

import msgspec

from lockgate.core.guard import Failed
from lockgate.guards.injection import plugin
from lockgate.guards.injection.scoring import Scoring
from lockgate.patterns.looking import Looking
from train.texts import labelled

PHRASE = 4.0
"""What a phrase of tier 1 adds."""
ONE = frozenset((0,))


def main(texts: Path, scores: Path, place: str) -> int:
    phrases = Looking([plugin(tiers=("phrases",)).build()], streams=False)
    reader = Scoring(untrusted=place == "tool_result")
    engine = Looking([reader], streams=False)
    with scores.open("wb") as out:
        for text in labelled(texts):
            started = time.process_time()
            reader.highest = -50.0
            engine.look(text.text, ONE, place)
            found = phrases.look(text.text, ONE).get(0, ())
            if isinstance(found, Failed):
                raise RuntimeError(found.error)  # noqa: TRY004  it is no mistake of a type
            score = reader.highest + (PHRASE if found else 0.0)
            spent = (time.process_time() - started) * 1000
            out.write(msgspec.json.encode({"id": text.id, "score": score, "ms": spent}) + b"\n")
    return 0
