"""Which models a configuration lets somebody ask for, by policies alone: whoever it is, and whatever the hour."""

from collections.abc import Iterator, Mapping

from lockgate.app.mistake import Path
from lockgate.app.places import places
from lockgate.app.settings import Config
from lockgate.app.zone import zone
from lockgate.core.access import Access, only
from lockgate.core.level import Level
from lockgate.core.policy import Place, reaches

Levels = tuple[Access, ...]
"""All policies that hold for somebody, from above."""


def levels_of(config: Config, place: Path, there: Mapping[str, Place] | None = None) -> Levels:
    """`place` is that of an organization, a team, a user or a key. `there`: `places`, for who has asked already."""
    there = places(config) if there is None else there
    match place:
        case ("organizations", str(name)):
            return (only(config.organizations[name]),)
        case ("teams", str(name)):
            return there[name].levels
        case ("users", str(name)):
            return (only(config.users[name]),)
        case ("keys", int(number)):
            key = config.keys[number]
            person = config.users.get(key.user or "")
            return (*there[key.team].levels, *(() if person is None else (only(person),)), only(key))
    return ()


def reached(config: Config, levels: Levels) -> Iterator[str]:
    """The models that all of them let be asked for, and one target at least."""
    ready = [Level(access, zone) for access in levels]
    for name, model in config.models.items():
        if all(level.allows("models", name) for level in ready):
            for target in model.targets:
                region = target.region or config.providers[target.provider].region or ""
                if reaches(ready, target.provider, region, target.model or ""):
                    yield name
                    break
