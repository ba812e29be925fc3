"""`python -m train`: makes the model, measures it, or scores texts with it."""

import argparse
import os
import sys
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")  # one thread adds in one order


def main(arguments: list[str] | None = None) -> int:
    from train import apart, calibrate, make, planted, score  # noqa: PLC0415  after the number of threads is set

    parser = argparse.ArgumentParser(prog="train", description=__doc__)
    todo = parser.add_subparsers(dest="todo", required=True)
    todo.add_parser("make", help="the model and the figures in the guard's README, from the labelled texts")
    todo.add_parser(
        "apart", help="false alarms on own benign families that are left out: texts full of the words of attacks"
    )
    todo.add_parser("calibrate", help="thresholds of narrow windows, by documents of this machine")
    todo.add_parser("planted", help="how many short orders of left-out families are found in documents of this machine")
    scored = todo.add_parser("score", help="a line with id, score and milliseconds for each text of a set")
    scored.add_argument("texts", type=Path)
    scored.add_argument("scores", type=Path)
    scored.add_argument("--place", default="user", help="whose the texts are: user, or tool_result")
    asked = parser.parse_args(arguments)
    if asked.todo == "score":
        return score.main(asked.texts, asked.scores, asked.place)
    return {"make": make.main, "apart": apart.main, "calibrate": calibrate.main, "planted": planted.main}[asked.todo]()


if __name__ == "__main__":
    sys.exit(main())
