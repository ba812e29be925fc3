"""I1: many clients at once, over all families and two workers, whole and streamed, some of whom leave: each gets its own bytes."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from tests.e2e.plant import FAMILIES, RULES, Plant, planted
from tests.e2e.process import Line, request
from tests.e2e.upstream import Mark

MASKS = RULES + "  - {name: mail, guard: {kind: pii, entities: [email]}, on: [response], action: mask}\n"
CLIENTS, ROUNDS = 12, 15


class Got(NamedTuple):
    """What came for one request; `own` is the nonce that the upstream was told to say."""

    own: str
    text: str
    left: bool


def ask(plant: Plant, mark: Mark, number: int) -> Got:
    family, stream = FAMILIES[number % len(FAMILIES)], number % 2 == 0
    if number % 7 == 3:
        with closing(Line(plant.gateway)) as line:
            return Got(mark.id, line.begin(f"best@{family}", mark.text).read(20).decode("utf-8", "replace"), left=True)
    path, key = ("/v1/messages", "x-api-key") if number % 3 else ("/v1/chat/completions", "api-key")
    body = {"model": f"best@{family}", "max_tokens": 99, "stream": stream}
    told = request(
        plant.gateway.url,
        "POST",
        path,
        {**body, "messages": [{"role": "user", "content": mark.text}]},
        {key: plant.gateway.key},
    )
    assert told.status == 200, told.body
    return Got(mark.id, told.body.decode(), left=False)


def test_I1_no_client_receives_what_was_said_to_another(tmp_path: Path) -> None:
    with planted(tmp_path, workers=2, rules=MASKS) as plant, ThreadPoolExecutor(CLIENTS) as clients:
        marks = [plant.upstream.mark("chat") for _ in range(CLIENTS * ROUNDS)]

        got = list(clients.map(lambda number: ask(plant, marks[number], number), range(len(marks))))

    nonces = {mark.id for mark in marks}
    for one in got:
        assert one.left or one.own in one.text
        assert not [nonce for nonce in nonces - {one.own} if nonce in one.text]
