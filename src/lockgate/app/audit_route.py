"""The admin listener's routes about the audit log: its records a page at a time, and all that it has of one request."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from lockgate.app.admin_problem import problem
from lockgate.app.alone import alone
from lockgate.app.asked import asked
from lockgate.app.config_routes import JSON
from lockgate.app.desk import AdminRoute, Desk
from lockgate.app.moment import moment
from lockgate.core.http import Inbound, Reply
from lockgate.core.permission import Permission

PATH = "/api/audit/"
FILTERS = {"kind": "kind", "request": "request_id", "team": "team", "key": "key_id", "model": "model"} | {
    name: name for name in ("upstream", "status", "end", "event", "since", "until")
}
"""What one asks by, and the field of a record."""
NAMES = sorted((*FILTERS, "limit", "cursor"))
LIMIT, MOST = 100, 1000


def audit_routes(folder: Path) -> tuple[AdminRoute, ...]:
    """`folder` is the log's."""
    log = _Log(folder)
    return (
        AdminRoute(PATH.removesuffix("/"), log.listed, Permission.AUDIT_READ),
        AdminRoute(f"{PATH}{{id}}", log.shown, Permission.AUDIT_READ),
    )


@dataclass(frozen=True, slots=True)
class _Log:
    """One is answered at a time, in a thread."""

    folder: Path
    one: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def listed(self, desk: Desk, inbound: Inbound) -> Reply:
        from lockgate.audit.pages import page, places  # noqa: PLC0415  only when somebody asks
        from lockgate.audit.reading import Wanted  # noqa: PLC0415

        try:
            given = asked(inbound.query, NAMES)
            limit, begin = _limit(given.pop("limit", str(LIMIT))), places(given.pop("cursor", ""))
            wanted = Wanted(**{FILTERS[name]: _word(name, text) for name, text in given.items()})
        except ValueError as error:
            return problem(400, str(error)[:500])

        def answer() -> Reply:
            found = page(self.folder, wanted, limit, begin)
            rows = [msgspec.Raw(each.line) for each in found.found]
            return _said({"records": rows, "next": found.next, "more": found.more})

        return await self._read(answer)

    async def shown(self, desk: Desk, inbound: Inbound) -> Reply:
        from lockgate.audit.lookup import lookup  # noqa: PLC0415  only when somebody asks
        from lockgate.pipeline.begin import SANE  # noqa: PLC0415

        request_id = inbound.path.removeprefix(PATH)
        if SANE.fullmatch(request_id.encode()) is None:
            return problem(404, "a request's id has letters, digits, - and _")

        def answer() -> Reply:
            found = lookup(self.folder, request_id)
            if not found.records:
                read = "the log" if found.whole else "the newest GiB of the log; `lockgate audit show` reads all of it"
                return problem(404, f"there is no record of it in {read}")
            rows = [
                {"record": msgspec.Raw(each.found.line), "segment": each.segment}
                | {"leaf": each.leaf, "signed": each.signed}
                for each in found.records
            ]
            return _said({"records": rows, "whole": found.whole})

        return await self._read(answer)

    async def _read(self, answer: Callable[[], Reply]) -> Reply:
        if self.one.locked():
            return problem(503, "somebody else is reading the log; ask again")
        try:
            return await alone(self.one, answer)
        except ValueError as error:
            return problem(500, f"the log has damage, see `lockgate audit verify`: {error}")
        except OSError as error:
            return problem(500, f"the log cannot be read: {error.strerror}")


def _said(document: dict[str, Any]) -> Reply:
    return Reply(200, JSON, msgspec.json.encode(document))


def _limit(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 5 and 1 <= int(text) <= MOST):
        raise ValueError(f"limit is a number from 1 to {MOST}")
    return int(text)


def _word(name: str, text: str) -> str:
    if name not in ("since", "until") or not text:
        return text
    try:
        return moment(text)
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from None
