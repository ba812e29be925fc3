"""Policies under which nothing can be asked: no mistake, for each level is well by itself, but its callers would hear of it first."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import get_args

from lockgate.app.common_ground import open_place, open_time
from lockgate.app.mistake import Path, dotted, quoted
from lockgate.app.places import door, places, roles
from lockgate.app.reached import Levels, levels_of, reached
from lockgate.app.settings import Config, KeySettings
from lockgate.app.zone import zone
from lockgate.core.dialect import Operation
from lockgate.core.level import Level
from lockgate.core.permission import BUILT_IN, DEFAULT, held
from lockgate.core.policy import Place

Steps = Sequence[tuple[Path, Levels]]
"""Who stands above whom, the topmost first, and all policies that hold for each of them."""

_ASKS = BUILT_IN["service"]


@dataclass(frozen=True, slots=True)
class _Aspect:
    """Something of which all levels together have to leave a bit."""

    nothing: str
    left: Callable[[Levels], bool]
    of_models: bool = True
    """Only for those who ask models."""


def dead_ends(config: Config, now: float) -> Iterator[str]:
    """What a person should hear: where nothing is left, seen from above. Of the year from `now`."""
    if not config.models or not config.teams:
        return
    told: set[tuple[str, Path]] = set()
    aspects = _aspects(config, now)
    for asks, steps in _standing(config):
        for aspect in aspects:
            end = _end(aspect, steps) if asks or not aspect.of_models else None
            if end is not None and told.isdisjoint(((aspect.nothing, end), (aspect.nothing, _owner(config, end)))):
                told.add((aspect.nothing, end))
                yield f"{_named(config, end)}: {_why(config, aspect, end)}"
    yield from _unreached(config)


def _end(aspect: _Aspect, steps: Steps) -> Path | None:
    """Where nothing is left any more."""
    return next((place for place, levels in steps if not aspect.left(levels)), None)


def _aspects(config: Config, now: float) -> tuple[_Aspect, ...]:
    entrance = door(config.server)
    return (
        _Aspect(
            "no model is left that may be asked for: see `models`, `providers` and `regions` here and above",
            cache(lambda levels: any(reached(config, levels))),
        ),
        _Aspect("no endpoint is left that may be asked: see `endpoints` here and above", cache(_an_endpoint)),
        _Aspect(
            "no address is left from which one may ask: see `ips` here and above, and those of `server`",
            cache(lambda levels: open_place((entrance, *levels))),
        ),
        _Aspect(
            "no hour is left in which one may ask: see `times` here and above",
            cache(lambda levels: open_time(levels, now)),
            of_models=False,
        ),
    )


def _why(config: Config, aspect: _Aspect, place: Path) -> str:
    team = config.teams.get(str(place[1])) if place[0] == "teams" else None
    if aspect.nothing.startswith("no model") and team is not None and team.parent is None and team.models is None:
        return 'no model may be asked for, as there is no `models`: nothing listed, nothing allowed; `models: ["*"]` is all'
    return aspect.nothing


def _standing(config: Config) -> Iterator[tuple[bool, Steps]]:
    """Everybody who is in the file, those above before those below; and whether they ask models at all."""
    there = places(config)
    asks = [_asks(config, key) for key in config.keys]
    above = [set(there[key.team].teams) for key in config.keys]
    asked = set[str]().union(*(teams for teams, does in zip(above, asks, strict=True) if does))
    mute = set[str]().union(*above) - asked
    for name in config.teams:
        yield name not in mute, _of_team(config, there, name)
    for name in config.users:
        yield True, [_step(config, there, ("users", name))]
    for number, key in enumerate(config.keys):
        yield asks[number], [*_of_team(config, there, key.team), _step(config, there, ("keys", number))]


def _of_team(config: Config, there: Mapping[str, Place], name: str) -> list[tuple[Path, Levels]]:
    """The organization, and the teams from the top."""
    place = there[name]
    above: list[Path] = [("organizations", place.organization)] if place.organization in config.organizations else []
    return [_step(config, there, each) for each in (*above, *(("teams", team) for team in reversed(place.teams)))]


def _step(config: Config, there: Mapping[str, Place], place: Path) -> tuple[Path, Levels]:
    return place, levels_of(config, place, there)


def _asks(config: Config, key: KeySettings) -> bool:
    there = roles(config.roles)
    own = held(key.roles or DEFAULT, there)
    person = config.users.get(key.user or "")
    if person is not None and person.roles is not None:
        own &= held(person.roles, there)
    return not own.isdisjoint(_ASKS)


def _an_endpoint(levels: Levels) -> bool:
    ready = [Level(access, zone) for access in levels]
    return any(all(level.allows("endpoints", name) for level in ready) for name in get_args(Operation))


def _unreached(config: Config) -> Iterator[str]:
    """Where no team may ask for anything, that was said."""
    anybodys = {model for place in places(config).values() for model in reached(config, place.levels)}
    for model in config.models if anybodys else ():
        if model not in anybodys:
            yield f"{dotted(('models', model))}: no team may ask for it, so nobody can"


def _named(config: Config, place: Path) -> str:
    section, name = place
    return dotted(place) + (
        f" ({quoted(config.keys[name].name)})" if section == "keys" and isinstance(name, int) else ""
    )


def _owner(config: Config, place: Path) -> Path:
    """The user of a key; whoever else it is, themselves."""
    section, name = place
    user = config.keys[name].user if section == "keys" and isinstance(name, int) else None
    return place if user is None else ("users", user)
