"""`limits` and `budgets`: what their shapes allow, and that none stands twice."""

from collections.abc import Iterator, Mapping
from typing import Protocol

from lockgate.app.limits import budget, limit, micros
from lockgate.app.mistake import Path, Wrong, quoted
from lockgate.app.settings.limits import BudgetSettings, LimitSettings
from lockgate.app.zone import zone
from lockgate.core.allowance import Place

LEAST = 1_000_000
"""Microseconds: a window is at least a second."""
FINEST = 20
"""Microseconds between two units of a smooth limit: below that, rounding would be seen."""


class Limited(Protocol):
    """A section that has them."""

    @property
    def limits(self) -> tuple[LimitSettings, ...]: ...
    @property
    def budgets(self) -> tuple[BudgetSettings, ...]: ...


def of(path: Path, place: Place, section: Limited) -> Iterator[Wrong]:
    return mistakes(path, place, dict(enumerate(section.limits)), dict(enumerate(section.budgets)))


def mistakes(
    path: Path, place: Place, limits: Mapping[int, LimitSettings], budgets: Mapping[int, BudgetSettings]
) -> Iterator[Wrong]:
    """Those of one section, by their numbers in the lists."""
    seen: set[str] = set()
    for number, settings in limits.items():
        yield from _limit((*path, "limits", number), place, settings, seen)
    for number, budgeted in budgets.items():
        yield from _budget((*path, "budgets", number), place, budgeted, seen)


def _limit(path: Path, place: Place, settings: LimitSettings, seen: set[str]) -> Iterator[Wrong]:
    if settings.per is not None and micros(settings.per) < LEAST:
        yield Wrong((*path, "per"), quoted(settings.per), "at least 1s")
    elif settings.window == "smooth":
        made = limit(place, settings)
        if made.shape.burst >= made.shape.max:
            yield Wrong((*path, "burst"), f"a burst of {made.shape.burst}", f"less than `max` ({made.shape.max})")
        elif made.shape.interval < FINEST:
            yield Wrong((*path, "max"), str(settings.max), "at most 50000 a second; `window: sliding` takes any number")
    yield from _by(path, place, settings.by)
    yield from _once(path, limit(place, settings).label, seen)


def _budget(path: Path, place: Place, settings: BudgetSettings, seen: set[str]) -> Iterator[Wrong]:
    yield from _by(path, place, settings.by)
    try:
        zone(settings.zone)
    except ValueError as error:
        yield Wrong((*path, "zone"), quoted(settings.zone), str(error))
        return
    if settings.per not in ("day", "week", "month") and micros(settings.per) < LEAST:
        yield Wrong((*path, "per"), quoted(settings.per), "at least 1s")
    yield from _once(path, budget(place, settings).label, seen)


def _by(path: Path, place: Place, by: str | None) -> Iterator[Wrong]:
    if by == "provider" and place[0] == "provider":
        return
    if place[0] == "provider" and by is not None and by != "gateway":
        yield Wrong((*path, "by"), quoted(by), "nothing: what a provider takes is counted for all together")


def _once(path: Path, label: str, seen: set[str]) -> Iterator[Wrong]:
    if label in seen:
        yield Wrong(path, "the same limit again", "one with another kind, window or `by`")
    seen.add(label)
