"""The admin listener's route about what was used and spent, as `lockgate usage --json` says it."""

import asyncio
from functools import partial
from pathlib import Path

import msgspec

from lockgate.app.admin_problem import problem
from lockgate.app.alone import alone
from lockgate.app.asked import asked
from lockgate.app.config_routes import JSON
from lockgate.app.desk import AdminRoute, Desk
from lockgate.core.http import Inbound, Reply
from lockgate.core.permission import Permission

NAMES = frozenset(("by", "since", "until", "zone"))


def usage_routes(data: Path) -> tuple[AdminRoute, ...]:
    """`data` is the data folder. One is answered at a time, in a thread: the whole log is read for it."""
    one = asyncio.Lock()

    async def usage(desk: Desk, inbound: Inbound) -> Reply:
        from lockgate.app.usage_rows import BY, UnclearError, rows, words  # noqa: PLC0415  only when somebody asks

        try:
            given = asked(inbound.query, NAMES)
        except ValueError as error:
            return problem(400, str(error))
        if one.locked():
            return problem(503, "somebody else's is being added up; ask again")
        try:
            by, since, until = words(given.get("by", BY)), given.get("since"), given.get("until")
            found = await alone(one, partial(rows, data, by, since, until, given.get("zone", "UTC")))
        except UnclearError as error:
            return problem(400, str(error)[:500])
        except OSError as error:
            return problem(500, f"the log cannot be read: {error.strerror}")
        return Reply(200, JSON, msgspec.json.encode(found))

    return (AdminRoute("/api/usage", usage, Permission.USAGE_READ),)
