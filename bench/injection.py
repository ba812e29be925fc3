"""What the injection guard costs, and how well it finds: on the set it was made from, which flatters."""

import time
from collections.abc import Iterator, Sequence
from typing import Any

from bench.phases import best
from lockgate.guards.injection import plugin
from lockgate.guards.injection.scoring import Scoring
from lockgate.patterns.looking import Looking

SHORT = "Can you explain how a heat pump works, and what it costs to run one in a cold winter?"
PROSE = (
    "The committee met on Tuesday to discuss the budget for the coming year. Several members asked why the figures had changed since "
    "the spring, and the treasurer explained that prices had risen faster than anybody expected. It was agreed to look at it again. "
)
ONE = frozenset((0,))


def lines(rows: Sequence[dict[str, Any]], seconds: float) -> Iterator[str]:
    yield "injection (the figures that do not flatter are in src/lockgate/guards/injection/README.md, by `./lockgate train make`)"
    started = time.process_time()
    engine = Looking([plugin().build()], streams=False)
    yield f"  model and phrases ready in {time.process_time() - started:.2f} s of processor time"
    scoring = Scoring()
    for name, text in (
        ("85 characters", SHORT),
        ("1,000 characters", (PROSE * 4)[:1000]),
        ("76,000", (PROSE * 250)[:76_000]),
    ):
        yield f"  {name}: {best(lambda text=text: scoring.score(text), seconds) / 1000:.3f} ms read anew"  # type: ignore[misc]
    text = (PROSE * 250)[:76_000]
    yield f"  76,000 again, as with the next turn: {best(lambda: engine.look(text, ONE, place='user'), seconds) / 1000:.3f} ms"
    if rows:
        yield from _quality(scoring, rows)


def _quality(scoring: Scoring, rows: Sequence[dict[str, Any]]) -> Iterator[str]:
    spent: list[float] = []
    scored: list[tuple[float, dict[str, Any]]] = []
    for row in rows:
        started = time.process_time()
        scored.append((scoring.score(row["text"]), row))
        spent.append(time.process_time() - started)
    spent.sort()
    each = 1e6 * sum(spent) / sum(len(row["text"]) for row in rows)
    yield f"  over {len(rows)} texts: p50 {1000 * spent[len(spent) // 2]:.3f} ms, {each:.3f} ms per 1,000 characters"
    attacks = [score for score, row in scored if row["label"]]
    benign = [score for score, row in scored if not row["label"]]
    hard = [score for score, row in scored if row["kind"] == "hard_negative"]
    yield f"  IN THE SET, flattering: at its `medium` threshold {_above(attacks)} of {len(attacks)} attacks found, "
    yield f"  {_above(benign)} of {len(benign)} benign texts and {_above(hard)} of {len(hard)} hard negatives held for one"


def _above(scores: Sequence[float]) -> str:
    return f"{sum(score > 0 for score in scores) / max(1, len(scores)):.4f}"
