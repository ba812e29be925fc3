"""What each caller may under one configuration: organization, teams, user and key, resolved once and remembered."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import tzinfo

from lockgate.core.access import NO_OPINION, Access
from lockgate.core.auth import Caller
from lockgate.core.exchange import Route
from lockgate.core.header_policy import HeaderPolicy, merged
from lockgate.core.level import Level
from lockgate.core.permission import BUILT_IN, DEFAULT, Permissions, Roles, held

MOST = 65_536
"""Standings that are remembered: one for each policy in use, not for each key. Then it begins anew."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a team stands: its organization, itself and the teams above it (nearest first), and all their policies."""

    organization: str
    teams: tuple[str, ...]
    levels: tuple[Access, ...]
    headers: HeaderPolicy | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """A user that the configuration knows. `roles` None: those of the credential; else it can have no others."""

    access: Access = NO_OPINION
    roles: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """What all callers with one policy may. Routes hold only the upstreams that every level allows: plans, retries and
    fall-backs are made of them, so no attempt can leave the policy.
    """

    organization: str
    teams: tuple[str, ...]
    levels: tuple[Level, ...]
    cap: Permissions | None
    routes: Mapping[str, Route]
    headers: HeaderPolicy | None
    gated: bool
    """Some level looks at endpoints, addresses or hours."""
    tooled: tuple[Level, ...]
    """The levels that look at tools."""
    _found: dict[str, Route | None] = field(default_factory=dict, repr=False)

    def route(self, model: str) -> Route | None:
        """The route as this caller may use it; None when there is none, or none for this caller."""
        try:
            return self._found[model]
        except KeyError:
            route = self.routes.get(model)
            if route is None:
                return None  # names that clients make up are not remembered
            self._found[model] = allowed = self._narrowed(route)
            return allowed

    def _narrowed(self, route: Route) -> Route | None:
        if not all(level.allows("models", route.model) for level in self.levels):
            return None
        upstreams = tuple(
            [each for each in route.upstreams if reaches(self.levels, each.name, each.region, each.model)]
        )
        headers = merged(self.headers, route.headers)
        if len(upstreams) == len(route.upstreams) and headers is route.headers:
            return route
        return replace(route, upstreams=upstreams, headers=headers) if upstreams else None


def reaches(levels: Sequence[Level], provider: str, region: str, model: str) -> bool:
    """Whether all of them let a target be asked. `model` is its name there; empty: the name that the client uses."""
    return all(
        level.allows("providers", provider)
        and level.allows("regions", region)
        and not (model and level.denies("models", model))
        for level in levels
    )


class Policies:
    """Every policy of one configuration. A team that is not in it has no standing.

    `door` is the gateway's own level: addresses that may knock at all. `headers` holds for whom nobody knows yet.
    """

    def __init__(
        self,
        teams: Mapping[str, Place],
        routes: Mapping[str, Route],
        zones: Callable[[str], tzinfo],
        *,
        users: Mapping[str, Person] | None = None,
        roles: Roles = BUILT_IN,
        door: Access = NO_OPINION,
        headers: HeaderPolicy | None = None,
    ) -> None:
        self.headers = headers
        self._teams = teams
        self._routes = routes
        self._zones = zones
        self._users = users or {}
        self._roles = roles
        self._standings: dict[tuple[str, str, Access | None], Standing | None] = {}
        self._held: dict[frozenset[str], Permissions] = {}
        self._levels: dict[Access, Level] = {}
        made = Level(door, zones)
        self.door = made if made.limits_addresses else None

    def of(self, caller: Caller) -> Standing | None:
        """None: the caller's team is not known, or its policy cannot be applied any more. Then it may nothing."""
        key = (caller.team, caller.user if caller.user in self._users else "", caller.access)
        try:
            return self._standings[key]
        except KeyError:
            if caller.team not in self._teams:
                return None  # a name that a token brought is not remembered
            if len(self._standings) >= MOST:
                self._standings.clear()
            self._standings[key] = standing = self._standing(*key)
            return standing

    def permissions(self, caller: Caller, standing: Standing) -> Permissions:
        """What the roles hold, and no more than the user's own: a key of a user never has what the user has not."""
        roles = caller.roles or DEFAULT
        own = self._held.get(roles)
        if own is None:
            if len(self._held) >= MOST:
                self._held.clear()
            self._held[roles] = own = held(roles, self._roles)
        return own if standing.cap is None else own & standing.cap

    def _standing(self, team: str, user: str, own: Access | None) -> Standing | None:
        place, person = self._teams[team], self._users.get(user, Person())
        accesses = [*place.levels, person.access, own or NO_OPINION]
        try:
            levels = tuple(self._level(access) for access in dict.fromkeys(accesses) if access != NO_OPINION)
        except ValueError:
            return None
        gated = any(level.limits("endpoints") or level.limits_addresses or level.limits_times for level in levels)
        tooled = tuple(level for level in levels if level.limits("tools"))
        cap = None if person.roles is None else held(person.roles, self._roles)
        return Standing(place.organization, place.teams, levels, cap, self._routes, place.headers, gated, tooled)

    def _level(self, access: Access) -> Level:
        """The same policy is made ready once, however many keys have it."""
        level = self._levels.get(access)
        if level is None:
            if len(self._levels) >= MOST:
                self._levels.clear()
            self._levels[access] = level = Level(access, self._zones)
        return level
