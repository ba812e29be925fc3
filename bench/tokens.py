"""`./lockgate bench --tokens`: do values come back, and only to whom they belong? And what does that cost?"""

import asyncio
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from bench.conversations import Talk, corpus, fragments
from bench.pipeline import Standing
from bench.token_talk import Client, Model, Seen, gateway, talking
from lockgate.core.guard import Engine
from lockgate.core.tokens import TokenStore
from lockgate.guards.pii import plugin as pii
from lockgate.patterns.looking import Looking

CONVERSATIONS = 500
TIME = fragments(str(int(Standing().wall())))
"""Is in every answer."""


@dataclass(slots=True)
class Score:
    """`shown` are the answers that should hold something, `right` those that are to the letter what they should be."""

    conversations: int = 0
    answers: int = 0
    right: int = 0
    values: int = 0
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


async def scored(engine: Engine, talks: Sequence[Talk], seed: int = 2, store: TokenStore | None = None) -> Score:
    """All of them through one gateway, turn by turn, so that everybody is there at the same time."""
    dialects = talking()
    model = Model(dialects, random.Random(seed))
    served = gateway(engine, model, store)
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
                    _count(score, client.talk, seen, owners, number, model.sent)
    score.moved = sum(client.moved for client in clients)
    return score


def _count(
    score: Score, talk: Talk, seen: Seen, owners: dict[str, set[int]], number: int, sent: list[bytes]
) -> None:
    score.answers += 1
    score.values += len(talk.values)
    right = seen.got == seen.wanted
    score.right += right
    own = TIME.union(*(fragments(text) for text in (*seen.wanted, *talk.values)))
    found = fragments("".join(seen.got)) | fragments(seen.raw.decode())
    leaked = any(number not in owners[part] for part in (found - own) & owners.keys())
    score.leaks += leaked
    told = any(value.encode() in body for value in talk.values for body in sent)
    score.told += told
    if not right or leaked or told:
        score.wrong.append((talk, seen, list(sent)))


def lines(engine: Engine, count: int = CONVERSATIONS) -> Iterator[str]:
    score = asyncio.run(scored(engine, corpus(count)))
    yield (
        f"{score.conversations} conversations, {score.answers} answers: fidelity {score.fidelity:.3f}, "
        f"leak {score.leak:.3f}, answers after which the model knew a value {score.told}, tokens that changed {score.moved}"
    )


def main() -> int:
    for line in lines(Looking([pii().build()])):
        print(line, flush=True)
    return 0
