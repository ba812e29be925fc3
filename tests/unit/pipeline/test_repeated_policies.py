"""S33: the same request again while the policy changes: what the old one let through is for nobody who came under the new one."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from lockgate.core.key_digest import Pepper
from lockgate.pipeline.repeated import Flights
from lockgate.stores.repeats import SealedRepeats
from lockgate.stores.repeats.file import RepeatFile
from tests.fakes import Notebook
from tests.unit.pipeline.gateway import openai_answer
from tests.unit.pipeline.test_repeated import Slow, ask, made


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SealedRepeats]:
    opened = SealedRepeats(RepeatFile(tmp_path), Pepper(b"p" * 32))
    yield opened
    await opened.aclose()


@pytest.mark.parametrize("by", ["key", "collapse"])
async def test_S33_who_waits_under_another_policy_does_not_get_what_the_old_one_let_through(
    store: SealedRepeats, by: str
) -> None:
    """A reload while the first of them runs."""
    script = Slow(openai_answer("old"), openai_answer("new"))
    running = made(script, Notebook(), Flights(store) if by == "key" else Flights(), collapse=by == "collapse")
    key = b"k1" if by == "key" else b""
    asked = [asyncio.ensure_future(ask(each, key)) for each in (running, running)]
    await asyncio.sleep(0.01)
    asked += [asyncio.ensure_future(ask(replace(running, policy="another"), key)) for _ in range(2)]
    await asyncio.sleep(0.01)
    script.open.set()
    bodies = [body for _, body in await asyncio.gather(*asked)]

    assert [b"old" in body for body in bodies] == [True, True, False, False]
    assert len(script.sent) == 2
    assert running.flights is not None
    assert not running.flights.running
