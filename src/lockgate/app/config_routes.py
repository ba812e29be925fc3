"""The admin listener's routes about the configuration: which one every worker serves, and reading the file again."""

import asyncio

import msgspec

from lockgate.app.admin_problem import problem
from lockgate.app.desk import AdminRoute, Desk
from lockgate.core.http import Headers, Inbound, Reply, header
from lockgate.core.permission import Permission

JSON: Headers = ((b"content-type", b"application/json"),)
PATIENCE = 10.0
"""Seconds until all workers have to serve what was asked for."""


async def _config(desk: Desk, inbound: Inbound) -> Reply:
    return Reply(200, JSON, msgspec.json.encode({"workers": desk.versions()}))


async def _reload(desk: Desk, inbound: Inbound) -> Reply:
    """Checks the file first. Answers when every worker serves it, or says why none does."""
    if header(inbound.headers, b"origin") is not None:  # a page that somebody looks at; administrators use programs
        return problem(403, "not from a browser")
    if desk.reloading:
        return problem(409, "the configuration is being read already: ask /api/config what came of it")
    desk.reloading = True
    try:
        return await _read_again(desk)
    finally:
        desk.reloading = False


async def _read_again(desk: Desk) -> Reply:
    version, mistakes, later = await desk.checked()
    if mistakes:
        return problem(422, "the configuration has mistakes, and the one before goes on", mistakes)
    desk.tell_all()
    try:
        async with asyncio.timeout(PATIENCE):
            while not desk.all_serve(version):
                await desk.news()
            await desk.renew()  # who lost a right has lost it at this listener, too
    except TimeoutError:
        return problem(503, "not all workers serve it yet", [str(worker) for worker in desk.versions()])
    said = {"version": version, "workers": desk.versions()}
    return Reply(200, JSON, msgspec.json.encode(said | ({"next_start": later} if later else {})))


ROUTES = (
    AdminRoute("/api/config", _config, Permission.CONFIG_READ),
    AdminRoute("/api/config/reload", _reload, Permission.CONFIG_WRITE, "POST"),
)
