"""Requests whose texts nobody has seen before: what guards know of texts that come again is of no help."""

import random
import time
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from bench import bodies, pipeline
from bench.phases import best
from lockgate.core.guard import On, Rule, Rules
from lockgate.core.known import Known
from lockgate.guards.injection import plugin as injection
from lockgate.guards.pii import plugin as pii
from lockgate.guards.secrets import plugin as secrets
from lockgate.patterns.looking import Looking
from lockgate.pipeline.serve import Gateway

_WORDS = """\
committee treasurer teacher driver neighbour gardener student engineer author pilot nurse baker reporter farmer librarian clerk
budget letter garden engine recipe window bridge market library river table schedule invoice lecture harvest museum meeting novel forecast
explained discussed repaired described painted measured ordered watched visited compared finished forgot counted moved reviewed praised
old new small quiet heavy early careful local cheap bright famous broken simple regular distant warm narrow common rare busy
ba ko li mar ten sul ri vo dan el gri no pa shu tal ur wen
"""
_WHO, _WHAT, _DID, _HOW, _PARTS = map(str.split, _WORDS.splitlines())
_WHEN = (
    "before the winter",
    "after lunch",
    "on Tuesday",
    "in the spring",
    "near the coast",
    "with some help",
    "all the same",
)
COUNT = 40_000
"""So many that none is sent twice in twelve seconds."""


def text(chance: random.Random, size: int) -> str:
    """Plain sentences. In every other one is a name that was made up, and a number."""
    pick = chance.choice
    made: list[str] = []
    length = 0
    while length < size:
        more = ""
        if chance.random() < 0.5:
            more = f", and {''.join(pick(_PARTS) for _ in range(3)).capitalize()} counted {chance.randrange(2, 900)} of them"
        made.append(
            f"The {pick(_HOW)} {pick(_WHO)} {pick(_DID)} the {pick(_WHAT)} and the {pick(_HOW)} {pick(_WHAT)} {pick(_WHEN)}{more}. "
        )
        length += len(made[-1])
    return "".join(made)[:size]


def chats(model: str, size: int, count: int, seed: int = 1) -> Iterator[bytes]:
    """Conversations of about `size` bytes, each with texts of its own."""
    chance = random.Random(seed)
    turns = bodies.turns(size)
    share = bodies.share(model, size)
    for _ in range(count):
        yield bodies.conversation(model, [text(chance, share) for _ in range(turns)])


def lines(folder: Path, seconds: float) -> Iterator[str]:
    """Processor time of whole requests without sockets, with all three guards both ways."""
    guarded, plain = _guarded(folder), pipeline.gateway()
    for size, count in ((1100, 1000), (76_000, 40)):
        warm = list(chats("same", size, count, seed=2))
        _each(guarded, warm)  # words are known by now, as they are to a process that has run for a while
        new = _each(guarded, list(chats("same", size, count, seed=3)))
        known = best(partial(_answer, guarded, warm[-1]), seconds)
        without = best(partial(_answer, plain, warm[-1]), seconds)
        yield (
            f"all three guards, {size / 1000:g} KB: {without:.0f} µs without rules, {known:.0f} with texts that were seen before, "
            f"{new:.0f} with texts that are all new (median)"
        )


def _guarded(folder: Path) -> Gateway:
    both: frozenset[On] = frozenset(("request", "response"))
    engine = Looking([pii().build(), secrets().build(), injection().build()], folder)
    rules = [Rule("pii", 0, "mask", both), Rule("secrets", 1, "mask", both), Rule("injection", 2, "block", both)]
    return pipeline.gateway(Rules(rules, engine, "request", Known(b"bench")), Rules(rules, engine, "response"))


def _each(gateway: Gateway, asked: Sequence[bytes]) -> float:
    """µs of processor, the median."""
    took: list[float] = []
    for body in asked:
        started = time.process_time_ns()
        _answer(gateway, body)
        took.append((time.process_time_ns() - started) / 1000)
    return sorted(took)[len(took) // 2]


def _answer(gateway: Gateway, body: bytes) -> None:
    pipeline.finished(pipeline.answered(gateway, pipeline.inbound(body)))
