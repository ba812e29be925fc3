"""Windows that budgets are counted in: the last so many days, or a day, a week or a month of somebody's calendar.

A calendar's window begins at the first instant whose local date is in it, and ends where the next one begins: whatever the
clocks do at midnight, there is no gap between two windows, and no instant is in both.
"""

from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Literal

from msgspec import Struct

Unit = Literal["day", "week", "month"]
SECOND = 1_000_000
"""Microseconds: times are microseconds since 1970 here, as stores of limits have them."""


class Window(Struct, frozen=True, gc=False):
    """`start <= t < end`. The id says which one in words: `2026-11-26`, `2026-W48`, `2026-11`; empty for a rolling one."""

    id: str
    start: int
    end: int

    def holds(self, now: int) -> bool:
        return self.start <= now < self.end

    def reset(self, now: int) -> int:
        """Seconds until the next window, rounded up: nobody who waits so long is too early."""
        return max(0, -(-(self.end - now) // SECOND))


def rolling(per: int, now: int) -> Window:
    """The last `per` microseconds, this one included. What was spent at its start is the next to leave it."""
    return Window("", now - per + 1, now + 1)


def calendar(unit: Unit, zone: tzinfo, now: int) -> Window:
    """The day, week (from Monday) or month of this calendar that an instant is in."""
    first = _first_day(unit, _local(zone, now).date())
    after = _next(unit, first)
    start, end = _start(zone, first), _start(zone, after)
    while now >= end:  # clocks that were set back over midnight: the local date is yesterday's once more
        first, start, after = after, end, _next(unit, after)
        end = _start(zone, after)
    return Window(_name(unit, first), start, end)


class Calendar:
    """The same, with the last window remembered: an instant in it is asked for a million times."""

    __slots__ = ("_last", "_unit", "_zone")

    def __init__(self, unit: Unit, zone: tzinfo) -> None:
        self._unit: Unit = unit
        self._zone = zone
        self._last = Window("", 0, 0)

    def window(self, now: int) -> Window:
        if not self._last.holds(now):
            self._last = calendar(self._unit, self._zone, now)
        return self._last


def _first_day(unit: Unit, day: date) -> date:
    if unit == "week":
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if unit == "month" else day


def _next(unit: Unit, first: date) -> date:
    if unit == "month":
        return (first + timedelta(days=31)).replace(day=1)
    return first + timedelta(days=7 if unit == "week" else 1)


def _name(unit: Unit, first: date) -> str:
    if unit == "week":
        year, week, _ = first.isocalendar()
        return f"{year:04d}-W{week:02d}"
    return first.isoformat()[: 7 if unit == "month" else 10]


def _start(zone: tzinfo, day: date) -> int:
    """The first instant whose local date is this one, or later where a zone left the day out."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=zone)
    early, late = sorted(_instant(midnight.replace(fold=fold)) for fold in (0, 1))
    if _local(zone, early).date() >= day:
        return early
    while late - early > SECOND:  # midnight is skipped: the clocks jump somewhere between the two
        middle = (early + late) // 2 // SECOND * SECOND
        if _local(zone, middle).date() >= day:
            late = middle
        else:
            early = middle
    return late


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _instant(at: datetime) -> int:
    return (at.astimezone(UTC) - _EPOCH) // timedelta(microseconds=1)


def _local(zone: tzinfo, now: int) -> datetime:
    return (_EPOCH + timedelta(microseconds=now)).astimezone(zone)
