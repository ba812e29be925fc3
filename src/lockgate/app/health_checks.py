"""Asks upstreams how they are, in questions that cost no tokens, where a provider's settings want that. One worker does it for all."""

import asyncio
import logging
from collections.abc import Iterable, Mapping
from typing import final

from msgspec import Struct

from lockgate.app.settings.health import CheckSettings
from lockgate.core.duration import seconds
from lockgate.core.exchange import Upstream
from lockgate.core.http import Headers, Outbound, Timeouts, Transport
from lockgate.core.problem import Problem
from lockgate.health import Table

log = logging.getLogger("lockgate.health")

LIMITED = 429
MOST_BYTES = 4 * 1024 * 1024


class Check(Struct, frozen=True):
    """One question, and the rows of the table that its answer is about: the models of one credential at one provider."""

    name: str
    outbound: Outbound
    settings: CheckSettings
    places: tuple[int, ...]


def checks(upstreams: Iterable[Upstream], wanted: Mapping[str, CheckSettings]) -> list[Check]:
    """`wanted` are the settings by provider, of those that have some."""
    rows: dict[tuple[str, int], tuple[Upstream, set[int]]] = {}
    for each in upstreams:
        if each.name in wanted and each.place >= 0:
            rows.setdefault((each.name, id(each.credential)), (each, set()))[1].add(each.place)
    return [_check(each, wanted[each.name], places) for each, places in rows.values()]


def _check(upstream: Upstream, settings: CheckSettings, places: set[int]) -> Check:
    longest = seconds(settings.timeout)
    times = Timeouts(longest, longest, longest, longest)
    target, headers = "/", Headers()
    if settings.path is not None:
        target, headers = upstream.base_path + settings.path, upstream.provider.sign(upstream.credential)
    outbound = Outbound(upstream.origin, "GET", target, headers, b"", times, max_bytes=MOST_BYTES)
    return Check(upstream.name, outbound, settings, tuple(sorted(places)))


def _key(check: Check) -> tuple[str, tuple[int, ...]]:
    return check.name, check.places


@final
class HealthChecks:
    """Runs until it is cancelled. What it finds is for the table, and so for all workers."""

    def __init__(self, table: Table, transport: Transport) -> None:
        self._table, self._transport = table, transport
        self._checks: list[Check] = []
        self._rows: dict[tuple[str, tuple[int, ...]], tuple[int, bool]] = {}
        """Answers of the same kind in a row, and which kind: of an upstream, whatever is reloaded or renewed."""
        self._changed = asyncio.Event()

    def use(self, wanted: list[Check]) -> None:
        """From now on these. What no check is about any more is taken for well."""
        self._checks = wanted
        self._rows = {key: row for key, row in self._rows.items() if key in {_key(check) for check in wanted}}
        self._table.only_checked({place for check in wanted for place in check.places})
        self._changed.set()

    async def run(self) -> None:
        while True:
            self._changed.clear()
            async with asyncio.TaskGroup() as tasks:
                running = [tasks.create_task(self._keep(check)) for check in self._checks]
                await self._changed.wait()
                for task in running:
                    task.cancel()

    async def _keep(self, check: Check) -> None:
        key = _key(check)
        while True:
            wrong = await self._asked(check)
            good = not wrong
            row, well = self._rows.get(key, (0, True))
            row, well = self._rows[key] = (row + 1, well) if good == well else (1, good)
            if row >= (check.settings.healthy if good else check.settings.unhealthy):
                if row == check.settings.unhealthy and not good:
                    log.warning("%s fails its health check and is left out: %s", check.name, wrong)
                for place in check.places:
                    self._table.checked(place, well=good)
            await asyncio.sleep(seconds(check.settings.interval))

    async def _asked(self, check: Check) -> str:
        """What is wrong with it, nothing when it is well."""
        try:
            arrival = await self._transport.send(check.outbound)
            await arrival.body.read()
        except Problem as problem:
            return problem.detail
        except Exception:
            log.exception("a health check of %s failed on an error of ours", check.name)
            return "an error of ours"
        if check.settings.path is None or 200 <= arrival.status < 300 or arrival.status == LIMITED:
            return ""
        return f"status {arrival.status}"
