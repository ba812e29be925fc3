"""The configuration is read again by one request at a time."""

import asyncio
import threading

import msgspec
import pytest

from lockgate.app.config_routes import ROUTES
from lockgate.app.desk import Desk
from lockgate.core.http import Inbound


async def nothing() -> bytes:
    return b""


ASKED = Inbound("POST", "/api/config/reload", "", (), nothing)


async def test_who_asks_while_it_is_read_is_told_so_and_the_next_is_not() -> None:
    going, asked = threading.Event(), 0

    def check() -> tuple[str, list[str], tuple[str, ...]]:
        nonlocal asked
        asked += 1
        going.wait(5)
        return "", ["line 1: no"], ()

    desk = Desk(1, ready=lambda: None, check=check)
    reload = next(route.answer for route in ROUTES if route.path == "/api/config/reload")
    first = asyncio.ensure_future(reload(desk, ASKED))
    await asyncio.sleep(0)

    others = [await reload(desk, ASKED) for _ in range(20)]
    going.set()

    assert {reply.status for reply in others} == {409}
    assert (await first).status == 422
    assert asked == 1
    assert (await reload(desk, ASKED)).status == 422


@pytest.mark.parametrize("later", [[], ["server.workers", "audit"]])
async def test_what_waits_for_the_next_start_is_in_the_reply(later: list[str]) -> None:
    desk = Desk(0, ready=lambda: None, check=lambda: ("v", [], later))
    reload = next(route.answer for route in ROUTES if route.path == "/api/config/reload")

    reply = await reload(desk, ASKED)

    assert reply.status == 200
    assert isinstance(reply.body, bytes)
    assert msgspec.json.decode(reply.body).get("next_start", []) == later
