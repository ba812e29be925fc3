"""Which budgets were touched, noted while requests end; and, now and then, which of them reached a threshold."""

from datetime import UTC, datetime
from hashlib import blake2b

from msgspec import Struct
from msgspec.structs import replace

from lockgate.core.alert import Alert, reached
from lockgate.core.limit import Claim, LimitStore, Shape, Standing
from lockgate.core.money import ATTO_PER_NANO, usd
from lockgate.pipeline.chosen import Applied
from lockgate.pipeline.ledger import Ledger

MOST_KNOWN = 100_000
FACTS = frozenset(("organization", "team", "user", "key", "model", "provider"))
"""What a budget may be counted by and is no word of a client's."""


class Touched(Struct):
    """A counter that a request was charged to, or refused by."""

    applied: Applied
    claim: Claim
    whose: dict[str, str]
    refused: bool = False


class BudgetWatch:
    """The store says who is first: a threshold is a counter of its own that only one may take, once in a period."""

    def __init__(self, percents: tuple[int, ...]) -> None:
        self.percents = percents
        self._touched: dict[bytes, Touched] = {}
        self._told: set[bytes] = set()

    def note(self, applied: Applied, claim: Claim, ledger: Ledger, *, refused: bool = False) -> None:
        """A budget."""
        known = self._touched.get(claim.counter)
        if known is None or known.claim.since != claim.since:
            self._touched[claim.counter] = Touched(applied, claim, _whose(applied, ledger), refused)
        elif refused:
            known.refused = True

    async def check(self, store: LimitStore, now: float) -> list[Alert]:
        """Alerts that nobody has told yet. When the store is away (`StoreError`), everything is looked at again later."""
        touched, self._touched = self._touched, {}
        if not touched:
            return []
        each = list(touched.values())
        try:
            standings = await store.read([replace(one.claim, amount=0) for one in each])
            return [
                alert for one, it in zip(each, standings, strict=True) for alert in await self._of(one, it, store, now)
            ]
        except BaseException:
            self._touched = {**touched, **self._touched}
            raise

    async def _of(self, touched: Touched, standing: Standing, store: LimitStore, now: float) -> list[Alert]:
        limit, alerts = touched.applied.limit, []
        for percent in reached(self.percents, standing.used, limit.shape.max, refused=touched.refused):
            latch = _latch(touched.claim, percent)
            told = latch.counter + latch.since.to_bytes(8, "big")
            if limit.calendar is not None and told in self._told:
                continue
            if (await store.reserve([latch])).lease is not None:
                alerts.append(_alert(touched, standing, percent, now))
            if len(self._told) > MOST_KNOWN:
                self._told.clear()
            self._told.add(told)
        return alerts


def _latch(claim: Claim, percent: int) -> Claim:
    """Room for one, in the budget's own window."""
    name = blake2b(b"alert %d " % percent + claim.counter, digest_size=16).digest()
    shape = Shape(claim.shape.window, 1, claim.shape.per)
    return Claim(name, shape, 1, at_once=True, since=claim.since)


def _alert(touched: Touched, standing: Standing, percent: int, now: float) -> Alert:
    limit = touched.applied.limit
    window = limit.calendar.window(int(now * 1e6)) if limit.calendar else None
    named = b"%b %d %d" % (touched.claim.counter, percent, window.start if window else int(now))
    return Alert(
        id=blake2b(named, digest_size=12).hexdigest(),
        ts=_stamp(now),
        budget=limit.label,
        percent=percent,
        used_usd=usd(standing.used * ATTO_PER_NANO),
        max_usd=usd(limit.shape.max * ATTO_PER_NANO),
        period=window.id if window else limit.per,
        whose=touched.whose,
        resets=_stamp(window.end / 1e6) if window else "",
        refused=touched.refused,
        shadow=limit.shadow,
    )


def _stamp(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _whose(each: Applied, ledger: Ledger) -> dict[str, str]:
    limit, caller = each.limit, ledger.caller
    if limit.by not in FACTS or caller is None:
        return {}
    if limit.by == limit.place[0]:
        return {limit.by: limit.place[1]}
    model = ledger.route.model if ledger.route else ""
    values = {"key": caller.key_id, "model": model, "provider": each.provider}
    return {limit.by: values[limit.by] if limit.by in values else getattr(caller, limit.by)}
