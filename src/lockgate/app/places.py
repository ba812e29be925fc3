"""From the sections on organizations, teams and users to the policies that the pipeline asks."""

from collections.abc import Mapping
from functools import reduce
from types import MappingProxyType

from lockgate.app.header_rules import policy
from lockgate.app.settings import Config, ServerSettings, TeamSettings, UserSettings
from lockgate.app.zone import zone
from lockgate.core.access import Access, Denied, only
from lockgate.core.exchange import Route
from lockgate.core.header_policy import merged
from lockgate.core.permission import BUILT_IN, Permission, Roles
from lockgate.core.policy import Person, Place, Policies

_NO_MODELS = Access(models=())


def policies(config: Config, routes: Mapping[str, Route]) -> Policies:
    """Of a configuration without mistakes."""
    return Policies(
        places(config),
        MappingProxyType(routes),
        zone,
        users={name: _person(user) for name, user in config.users.items()},
        roles=roles(config.roles),
        door=door(config.server),
        headers=policy(config.headers),
    )


def door(server: ServerSettings) -> Access:
    """From where anybody may ask at all."""
    return Access(ips=server.ips, deny=Denied(ips=server.deny_ips))


def places(config: Config) -> dict[str, Place]:
    return {name: _place(name, config) for name in config.teams}


def roles(own: Mapping[str, tuple[str, ...]]) -> Roles:
    """Those that are built in and the operator's, which cannot take their place."""
    return MappingProxyType({**{name: frozenset(map(Permission, held)) for name, held in own.items()}, **BUILT_IN})


def chain(name: str, teams: Mapping[str, TeamSettings]) -> tuple[str, ...]:
    """The team and those above it, the nearest first. Ends where it would begin again."""
    names: list[str] = []
    at: str | None = name
    while at is not None and at in teams and at not in names:
        names.append(at)
        at = teams[at].parent
    return tuple(names)


def _place(name: str, config: Config) -> Place:
    names = chain(name, config.teams)
    top = config.teams[names[-1]]
    organization = top.organization or ""
    above = config.organizations.get(organization)
    levels = [only(config.teams[each]) for each in reversed(names)]
    if top.models is None:
        levels.insert(0, _NO_MODELS)  # nothing listed, nothing allowed: somebody on the way has to say it
    said = [config.headers, above.headers if above else None, *(config.teams[each].headers for each in reversed(names))]
    headers = reduce(merged, map(policy, said))
    return Place(organization, names, tuple(([only(above)] if above else []) + levels), headers)


def _person(user: UserSettings) -> Person:
    return Person(only(user), None if user.roles is None else frozenset(user.roles))
