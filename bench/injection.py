"""What the injection guard costs, and how well it finds: on the set it was made from, which flatters."""

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from bench.phases import best
from lockgate.guards.injection import plugin
from lockgate.guards.injection.artifact import LEVELS
from lockgate.guards.injection.scoring import Scoring
from lockgate.patterns.looking import Looking
from train.documents import documents

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
    yield from _documents()


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


def _documents() -> Iterator[str]:
    """The whole guard, phrases too, on the half of this machine's documents that nothing was calibrated on."""
    kept = [document for document in documents() if document.measured]
    sizes = Counter(document.kind for document in kept)
    yield f"  false alarms on {len(kept)} real documents of this machine, 0.9 to 20 KB, as a user's text and as a tool's result"
    for level in LEVELS:
        engine = Looking([plugin(threshold=level, untrusted_threshold=level).build()], streams=False)
        alarms = {
            place: Counter(each.kind for each in kept if engine.look(each.text, ONE, place=place).get(0))
            for place in ("user", "tool_result")
        }
        user, tool = (alarms[place].total() / max(1, len(kept)) for place in ("user", "tool_result"))
        yield f"  {level}: {user:.4f} and {tool:.4f}"
        if level == "medium":
            yield from (
                f"    {kind}: {alarms['user'][kind] / size:.4f} and {alarms['tool_result'][kind] / size:.4f} of {size}"
                for kind, size in sorted(sizes.items())
            )


def _above(scores: Sequence[float]) -> str:
    return f"{sum(score > 0 for score in scores) / max(1, len(scores)):.4f}"
