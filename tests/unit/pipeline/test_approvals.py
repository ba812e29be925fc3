"""`hold`: a call waits until a person says yes, for one conversation, one rule, and a while."""

from pathlib import Path
from typing import Any

import pytest

from lockgate.core.flow_rule import FlowRule
from lockgate.core.key_digest import Pepper
from lockgate.core.names import Names
from lockgate.stores.approvals import MOST, ApprovalFiles, Asked
from tests.unit.pipeline.test_tools import called, called_in_a_stream
from tests.unit.pipeline.untrusted import TURNS, asked

HOLD = FlowRule("ask-first", Names(("send_*",)), action="hold")
OTHER = FlowRule("ask-too", Names(("send_*",)), action="hold")


class Time:
    def __init__(self) -> None:
        self.now = 1_767_225_600.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def files(tmp_path: Path, time: Time) -> ApprovalFiles:
    return ApprovalFiles(tmp_path, Pepper(b"p" * 32), time)


def written(files: ApprovalFiles) -> list[Asked]:
    """What waits, once all that was asked is written."""
    files._threads.submit(int).result(60)
    return files.waiting()


@pytest.mark.parametrize("shape", TURNS)
async def test_it_is_refused_with_an_id_and_passes_when_that_is_granted(shape: str, files: ApprovalFiles) -> None:
    reply, raw, notebook, _ = await asked(called("send_mail"), shape, approvals=files, flows=(HOLD,))

    (question,) = written(files)
    assert reply.status == 403
    assert question.id.encode() in raw
    assert (question.rule, question.tool, question.team, question.key_id) == ("ask-first", "send_mail", "shop", "key_1")
    assert notebook.outcome.code == "approval_required"
    assert notebook.outcome.end == "blocked"
    assert [found.action for found in notebook.outcome.findings] == ["hold"]

    assert files.grant(question.id, 60, "somebody")
    reply, _, notebook, _ = await asked(called("send_mail"), shape, approvals=files, flows=(HOLD,))

    assert reply.status == 200
    assert [found.action for found in notebook.outcome.findings] == ["approved"]
    assert written(files) == []


async def test_a_stream_is_held_before_the_call_begins(files: ApprovalFiles) -> None:
    body = {**TURNS["openai"][1], "stream": True}

    _, raw, notebook, _ = await asked(called_in_a_stream("send_mail", cut=5), body=body, approvals=files, flows=(HOLD,))

    (question,) = written(files)
    assert question.id.encode() in raw
    assert b"-rf" not in raw
    assert b"[DONE]" not in raw
    assert notebook.outcome.end == "blocked"


def conversation(text: str) -> dict[str, Any]:
    _, turns = TURNS["openai"]
    return {**turns, "messages": [{"role": "user", "content": text}, *turns["messages"][1:]]}


@pytest.mark.parametrize(
    "another",
    [{"key": b"lg-other"}, {"body": conversation("another one")}, {"flows": (OTHER,)}],
    ids=["caller", "conversation", "rule"],
)
async def test_a_yes_is_for_nothing_else(another: dict[str, Any], files: ApprovalFiles) -> None:
    await asked(called("send_mail"), approvals=files, flows=(HOLD,))
    (question,) = written(files)
    files.grant(question.id, 60, "somebody")

    reply, _, _, _ = await asked(called("send_mail"), **{"approvals": files, "flows": (HOLD,), **another})

    assert reply.status == 403


async def test_a_yes_ends(files: ApprovalFiles, time: Time) -> None:
    await asked(called("send_mail"), approvals=files, flows=(HOLD,))
    (question,) = written(files)
    files.grant(question.id, 60, "somebody")

    time.now += 61

    assert not await files.granted(question.id)


async def test_a_no_takes_a_yes_back(files: ApprovalFiles) -> None:
    await asked(called("send_mail"), approvals=files, flows=(HOLD,))
    (question,) = written(files)
    files.grant(question.id, 60, "somebody")

    assert files.deny(question.id)

    assert not await files.granted(question.id)
    assert not files.deny(question.id)


@pytest.mark.parametrize("name", ["", "../../keys", "0" * 16, "zz"])
def test_nobody_grants_what_nobody_asked(name: str, files: ApprovalFiles) -> None:
    assert not files.grant(name, 60, "somebody")
    assert not files.deny(name)


async def test_a_yes_that_cannot_be_read_is_none(files: ApprovalFiles, tmp_path: Path) -> None:
    await asked(called("send_mail"), approvals=files, flows=(HOLD,))
    (question,) = written(files)
    (tmp_path / "approvals" / f"{question.id}.yes").write_bytes(b"{")

    reply, _, _, _ = await asked(called("send_mail"), approvals=files, flows=(HOLD,))

    assert reply.status == 403


async def test_a_flood_of_questions_has_a_bound(files: ApprovalFiles) -> None:
    for number in range(MOST + 50):
        files.ask(Asked(f"{number:016x}", "r", "t", "shop", "k", "", 1_767_225_600))

    assert len(written(files)) == MOST


async def test_without_a_place_for_questions_it_stays_closed() -> None:
    reply, _, _, _ = await asked(called("send_mail"), flows=(HOLD,))

    assert reply.status == 403
