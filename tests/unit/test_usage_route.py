"""What was used, at the admin listener: the whole log is read for one at a time, whoever leaves meanwhile."""

import asyncio
import os
import threading
from pathlib import Path

import pytest

from lockgate.app.desk import Desk, answers
from lockgate.app.usage_route import usage_routes
from lockgate.app.usage_rows import rows
from lockgate.core.http import Inbound
from lockgate.core.permission import BUILT_IN, Permissions
from tests.fakes import inbound


async def auditor(inbound: Inbound) -> Permissions:
    return BUILT_IN["auditor"]


@pytest.mark.parametrize("query", ["since=1h&until=2h", "by=team&by=model", "tem=shop", "by=tem"])
async def test_a_slip_is_no_answer_of_nothing(tmp_path: Path, query: str) -> None:
    serve = answers(Desk(0, lambda: None), auditor, usage_routes(tmp_path))

    assert (await serve(inbound(f"/api/usage?{query}", method="GET"))).status == 400


async def test_who_leaves_is_still_the_one_until_his_thread_is_done(tmp_path: Path) -> None:
    """Else each that leaves would leave a thread behind, which reads the whole log."""
    segment = tmp_path / "audit" / "w0-00000001.jsonl"
    segment.parent.mkdir()
    os.mkfifo(segment)  # whoever opens it waits
    serve = answers(Desk(0, lambda: None), auditor, usage_routes(tmp_path))
    before = threading.active_count()

    first = asyncio.ensure_future(serve(inbound("/api/usage", method="GET")))
    await asyncio.sleep(0.05)
    first.cancel()
    await asyncio.wait([first])

    assert (await serve(inbound("/api/usage", method="GET"))).status == 503
    assert threading.active_count() <= before + 1
    await asyncio.to_thread(segment.write_bytes, b"")
    segment.unlink()
    await asyncio.gather(*asyncio.all_tasks() - {asyncio.current_task()})
    assert (await serve(inbound("/api/usage", method="GET"))).status == 200


async def test_a_log_that_cannot_be_read_is_not_nothing_that_was_used(tmp_path: Path) -> None:
    (tmp_path / "audit" / "w0-00000001.jsonl").mkdir(parents=True)
    serve = answers(Desk(0, lambda: None), auditor, usage_routes(tmp_path))

    reply = await serve(inbound("/api/usage", method="GET"))

    assert reply.status == 500
    assert isinstance(reply.body, bytes)
    assert b"the log cannot be read: Is a directory" in reply.body
    with pytest.raises(IsADirectoryError):
        rows(tmp_path, ["team"], None, None, "UTC")
