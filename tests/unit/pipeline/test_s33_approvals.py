"""A yes is for one conversation and for a while: an answer that was given under it is given to nobody without one (S33)."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest

from lockgate.core.cache import CachePolicy
from lockgate.core.http import Arrival, Outbound
from lockgate.core.key_digest import Pepper
from lockgate.pipeline.repeated import Flights
from lockgate.pipeline.serve import Gateway
from lockgate.stores.approvals import ApprovalFiles
from tests.fakes import Answered, StoppedClock
from tests.unit.pipeline.kept import House
from tests.unit.pipeline.test_approvals import HOLD, written
from tests.unit.pipeline.test_flow_rules import TURNS
from tests.unit.pipeline.test_repeated import Slow
from tests.unit.pipeline.test_tools import called

MESSAGES = TURNS["openai"][1]["messages"]
ACTING = CachePolicy(60, tools=True, warm=True)
ONE, TWO = (b"x-session-id", b"one"), (b"x-session-id", b"two")


class Asking(House):
    """A gateway that keeps answers with calls, some of which wait for a person."""

    def __init__(self, files: ApprovalFiles, *answers: Any, **route: Any) -> None:
        super().__init__(*answers, policy=ACTING, route={"flows": (HOLD,), **route})
        self.files = files
        self.flights = Flights()

    def gateway(self) -> Gateway:
        return replace(super().gateway(), approvals=self.files, flights=self.flights)

    async def approved(self, session: tuple[bytes, bytes]) -> str:
        """The id of a question that somebody said yes to."""
        await self.ask(session, messages=MESSAGES)
        (question,) = written(self.files)
        assert self.files.grant(question.id, 60, "somebody")
        return question.id


class Two(Slow):
    """Says when it was asked twice."""

    def __init__(self, *answers: Answered) -> None:
        super().__init__(*answers)
        self.both = asyncio.Event()
        self.asked = 0

    async def send(self, outbound: Outbound) -> Arrival:
        self.asked += 1
        if self.asked > 1:
            self.both.set()
        return await super().send(outbound)


@pytest.fixture
def files(tmp_path: Path) -> Iterator[ApprovalFiles]:
    made = ApprovalFiles(tmp_path, Pepper(b"p" * 32), StoppedClock().wall)
    yield made
    made.close()


async def test_S33_what_was_approved_is_not_given_once_the_yes_is_over(files: ApprovalFiles) -> None:
    house = Asking(files, *[called("send_mail")] * 3)
    yes = await house.approved(ONE)
    first, _ = await house.ask(ONE, messages=MESSAGES)

    files.deny(yes)
    second, answer = await house.ask(ONE, messages=MESSAGES)

    assert (first.status, second.status) == (200, 403)
    assert b"send_mail" not in answer


async def test_S33_nor_to_another_conversation(files: ApprovalFiles) -> None:
    house = Asking(files, *[called("send_mail")] * 3)
    await house.approved(ONE)
    first, _ = await house.ask(ONE, messages=MESSAGES)

    second, answer = await house.ask(TWO, messages=MESSAGES)

    assert (first.status, second.status) == (200, 403)
    assert b"send_mail" not in answer


async def test_S33_nor_to_one_that_waits_for_the_same(files: ApprovalFiles) -> None:
    house = Asking(files, called("send_mail"), collapse=True)
    await house.approved(ONE)
    house.policy, slow = None, Two(*[called("send_mail")] * 2)
    house.script = slow
    both = [asyncio.ensure_future(house.ask(session, messages=MESSAGES)) for session in (ONE, TWO)]
    await asyncio.wait_for(slow.both.wait(), 5)

    slow.open.set()
    (first, _), (second, answer) = await asyncio.gather(*both)

    assert (first.status, second.status) == (200, 403)
    assert b"send_mail" not in answer
    assert msgspec.json.decode(answer)["error"]["code"] == "approval_required"
