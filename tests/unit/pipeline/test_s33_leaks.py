"""What may not leave is not kept either: neither as an answer from memory nor for a request that comes again (S33)."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from lockgate.core.key_digest import Pepper
from lockgate.egress import Guarded, Scanner
from lockgate.pipeline.repeated import Flights
from lockgate.pipeline.serve import Gateway
from lockgate.stores.repeats import SealedRepeats
from lockgate.stores.repeats.file import RepeatFile
from tests.unit.pipeline.gateway import openai_answer
from tests.unit.pipeline.kept import House

SECRET = "sk-9f8e7d6c5b4a39281706f5e4d3c2b1a0"
EGRESS = Scanner([Guarded("providers.up.api_key", SECRET.encode())])
NAMED = (b"idempotency-key", b"k1")


class Discreet(House):
    """Looks at what leaves; `flights` where requests are held against the same ones."""

    flights: Flights | None = None

    def gateway(self) -> Gateway:
        return replace(super().gateway(), egress=EGRESS, flights=self.flights)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SealedRepeats]:
    made = SealedRepeats(RepeatFile(tmp_path), Pepper(b"p" * 32))
    yield made
    await made.aclose()


async def test_S33_an_answer_that_was_withheld_is_not_kept() -> None:
    house = Discreet(openai_answer(f"it is {SECRET}"), openai_answer("two"))

    first, _ = await house.ask()
    second, answer = await house.ask()

    assert (first.status, second.status) == (502, 200)
    assert b"two" in answer
    assert len(house.drawer.kept) == 1
    assert house.notebook.records[1].end == "blocked"


async def test_S33_nor_for_a_request_that_comes_again(store: SealedRepeats) -> None:
    house = Discreet(openai_answer(f"it is {SECRET}"), openai_answer("two"), policy=None)
    house.flights = Flights(store)

    first, _ = await house.ask(NAMED)
    second, answer = await house.ask(NAMED)

    assert (first.status, second.status) == (502, 200)
    assert b"two" in answer
