"""`./lockgate bench --tokens`: do values come back, and only to whom they belong? And what does that cost?"""

import asyncio
import random
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from bench import bodies, pipeline
from bench.conversations import Talk, corpus, fragments
from bench.pipeline import Standing
from bench.token_talk import Client, Model, Seen, gateway, keeper, talking
from lockgate.core.guard import Action, Engine, Rule, Rules
from lockgate.core.http import Inbound
from lockgate.core.tokens import TokenStore
from lockgate.guards.exfiltration import plugin as exfiltration
from lockgate.guards.pii import plugin as pii
from lockgate.patterns.looking import Looking
from lockgate.pipeline.serve import Gateway

CONVERSATIONS = 500
ROUNDS, TIMES = 8, 60
GUARDS = (pii().build(), exfiltration(allow=("crm.example",)).build())
AWAY = Rule("stay-here", 1, "mask", frozenset(("response", "tool_arguments")))
"""The model of the corpus writes addresses of one host, and plain words with dots in them."""
TIME = fragments(str(int(Standing().wall())))
"""Is in every answer."""


@dataclass(slots=True)
class Score:
    """`right` are the answers that are to the letter what they should be; `told` those for which the model saw a value."""

    conversations: int = 0
    answers: int = 0
    right: int = 0
    leaks: int = 0
    told: int = 0
    moved: int = 0
    wrong: list[tuple[Talk, Seen, list[bytes]]] = field(default_factory=list)

    @property
    def fidelity(self) -> float:
        return self.right / self.answers if self.answers else 1.0

    @property
    def leak(self) -> float:
        return self.leaks / self.answers if self.answers else 0.0


async def scored(
    engine: Engine,
    talks: Sequence[Talk],
    seed: int = 2,
    store: TokenStore | None = None,
    answers: Sequence[Rule] = (),
) -> Score:
    """All of them through one gateway, turn by turn, so that everybody is there at the same time."""
    dialects = talking()
    model = Model(dialects, random.Random(seed))
    served = gateway(engine, model, store, answers)
    score = Score(len(talks))
    clients = [Client(talk, dialects) for talk in talks]
    owners: dict[str, set[int]] = {}
    for number, talk in enumerate(talks):
        for fragment in {part for value in talk.values for part in fragments(value)}:
            owners.setdefault(fragment, set()).add(number)
    for round_ in range(max(len(talk.turns) for talk in talks)):
        for number, client in enumerate(clients):
            if round_ < len(client.talk.turns):
                model.sent.clear()
                turn = client.talk.turns[round_]
                for seen in await client.turn(served, model, turn):
                    leaked = _leaked(client.talk, seen, number, owners)
                    _count(score, client.talk, seen, model.sent, leaked=leaked)
    score.moved = sum(client.moved for client in clients)
    return score


def _count(score: Score, talk: Talk, seen: Seen, sent: list[bytes], *, leaked: bool) -> None:
    right = seen.got == seen.wanted
    told = any(value.encode() in body for value in talk.values for body in sent)
    score.answers += 1
    score.right += right
    score.leaks += leaked
    score.told += told
    if not right or leaked or told:
        score.wrong.append((talk, seen, list(sent)))


def _leaked(talk: Talk, seen: Seen, number: int, owners: dict[str, set[int]]) -> bool:
    """Five characters of another one's value are in the answer, which nothing of this conversation explains."""
    own = TIME.union(*(fragments(text) for text in (*seen.wanted, *talk.values)))
    found = fragments("".join(seen.got)) | fragments(seen.raw.decode())
    return any(number not in owners[part] for part in (found - own) & owners.keys())


def lines(engine: Engine, count: int = CONVERSATIONS) -> Iterator[str]:
    for under, answers in (("no rule for answers", ()), ("a rule against addresses of strangers", (AWAY,))):
        score = asyncio.run(scored(engine, corpus(count), answers=answers))
        yield (
            f"{score.conversations} conversations, {score.answers} answers, {under}: fidelity {score.fidelity:.3f}, "
            f"leak {score.leak:.3f}, answers for which the model saw a value {score.told}, tokens that changed {score.moved}"
        )
    yield from _cost(engine)


def _cost(engine: Engine) -> Iterator[str]:
    """By the same gateway in three states: no rule, a rule that masks, one that tokenizes."""
    plain = pipeline.gateway()
    states = {"no rule": plain, "masked": _gateway(engine, "mask"), "tokenized": _gateway(engine, "tokenize")}
    for size in (1100, 28_000):
        clean = pipeline.request("same", size)
        took = ", ".join(f"{name} {_micros(gateway, clean):.1f}" for name, gateway in states.items())
        yield f"whole request of {size / 1000:g} KB without a value, µs: {took}"
        held = _with_values(size)
        took = ", ".join(f"{name} {_micros(gateway, held):.1f}" for name, gateway in states.items())
        yield f"whole request of {size / 1000:g} KB with three values, µs: {took}"
    streamed = _with_values(1100, stream=True)
    took = ", ".join(f"{name} {_micros(gateway, streamed) / pipeline.EVENTS:.2f}" for name, gateway in states.items())
    yield f"stream without a token in it, per event, µs: {took}"


def _gateway(engine: Engine, action: Action) -> Gateway:
    rules = Rules([Rule("privacy", 0, action, frozenset(("request",)))], engine, "request")
    return replace(pipeline.gateway(rules), tokens=keeper())


def _with_values(size: int, *, stream: bool = False) -> Inbound:
    """A conversation that goes on: after the first time its values are known."""
    body = bodies.chat("same", size - 100, stream=stream).replace(b'"stream": ', b'"stream":')
    said = b"call +49 30 1234567, card 4111 1111 1111 1111, mail jo.doe@mail.example.org. "
    return pipeline.inbound(body.replace(b"The quick", said + b"The quick", 1))


def _micros(gateway: Gateway, asked: Inbound) -> float:
    """Of processor time, in the best of some rounds: others may be at work here."""
    took = []
    for _ in range(ROUNDS):
        started = time.process_time()
        for _ in range(TIMES):
            pipeline.finished(pipeline.answered(gateway, asked))
        took.append((time.process_time() - started) / TIMES)
    return min(took) * 1e6


def main() -> int:
    for line in lines(Looking(GUARDS, Path(tempfile.mkdtemp(prefix="lockgate-bench-")))):
        print(line, flush=True)
    return 0
