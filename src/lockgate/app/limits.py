"""The limits and budgets of all sections of a configuration, as the pipeline wants them."""

from collections.abc import Iterator

from lockgate.app.settings import Config
from lockgate.app.settings.limits import BudgetSettings, LimitSettings
from lockgate.app.zone import zone
from lockgate.core.allowance import Limit, Limits, Place
from lockgate.core.duration import seconds
from lockgate.core.limit import Shape
from lockgate.core.period import Calendar, Unit

UNITS: dict[str, Unit] = {"day": "day", "week": "week", "month": "month"}
BURST = 10
"""A smooth limit lets through a tenth at once when nobody says how much."""


def limits(config: Config) -> Limits:
    return Limits.of(_all(config))


def _all(config: Config) -> Iterator[Limit]:
    yield from _at(("gateway", ""), config.limits, config.budgets)
    for name, organization in config.organizations.items():
        yield from _at(("organization", name), organization.limits, organization.budgets)
    for name, user in config.users.items():
        yield from _at(("user", name), user.limits, user.budgets)
    for name, team in config.teams.items():
        yield from _at(("team", name), team.limits, team.budgets)
    for key in config.keys:
        yield from _at(("key", f"config:{key.name}"), key.limits, key.budgets)
    for name, model in config.models.items():
        yield from _at(("model", name), model.limits, model.budgets)
    for name, provider in config.providers.items():
        yield from _at(("provider", name), provider.limits, provider.budgets)


def _at(place: Place, limits: tuple[LimitSettings, ...], budgets: tuple[BudgetSettings, ...]) -> Iterator[Limit]:
    for each in limits:
        yield limit(place, each)
    for budgeted in budgets:
        yield budget(place, budgeted)


def limit(place: Place, settings: LimitSettings) -> Limit:
    per = 0 if settings.per is None else micros(settings.per)
    if settings.kind in ("request_bytes", "concurrency"):
        shape = Shape("open", settings.max)
    elif settings.window == "smooth":
        shape = Shape("smooth", settings.max, per, settings.burst or max(1, settings.max // BURST))
    else:
        shape = Shape("sliding", settings.max, per)
    return Limit(place, settings.kind, shape, settings.by or place[0], settings.per or "", settings.shadow)


def budget(place: Place, settings: BudgetSettings) -> Limit:
    by, most = settings.by or place[0], settings.nano
    if (unit := UNITS.get(settings.per)) is not None:
        calendar = Calendar(unit, zone(settings.zone))
        return Limit(place, "cost", Shape("period", most), by, settings.per, settings.shadow, calendar, settings.zone)
    return Limit(place, "cost", Shape("sliding", most, micros(settings.per)), by, settings.per, settings.shadow)


def micros(length: str) -> int:
    return round(seconds(length) * 1_000_000)
