"""Policies of organizations, teams, users and keys: names they mean, networks, zones, and who stands above whom."""

from collections.abc import Iterator, Mapping

from lockgate.app.checks.names import known
from lockgate.app.conditions import condition
from lockgate.app.in_words import choice
from lockgate.app.mistake import Path, Wrong, quoted
from lockgate.app.parts import Parts
from lockgate.app.places import chain, roles
from lockgate.app.zone import zone
from lockgate.core.access import Access, Denied
from lockgate.core.level import network
from lockgate.core.permission import BUILT_IN, exceeding, held


def mistakes(parts: Parts) -> Iterator[Wrong]:
    names = {"models": parts.names["models"], "providers": parts.names["providers"], "regions": _regions(parts)}
    upstream = frozenset(each.model for model in parts.models.values() for each in model.targets if each.model)
    for path, access in _policies(parts):
        yield from _policy(path, access, names, upstream)
    yield from _conditions(parts)
    yield from _teams(parts)
    yield from _users_and_keys(parts)
    for name in parts.roles.keys() & BUILT_IN.keys():
        yield Wrong(("roles", name), f"{quoted(name)}, a role that is built in", "a name of your own")


def networks(path: Path, listed: tuple[str, ...]) -> Iterator[Wrong]:
    for number, text in enumerate(listed):
        try:
            network(text)
        except ValueError:
            expected = "an address or a network whose bits behind the prefix are zero, like 10.0.0.0/8 or 2001:db8::/32"
            yield Wrong((*path, number), quoted(text), expected)


def _policies(parts: Parts) -> Iterator[tuple[Path, Access]]:
    sections: dict[str, Mapping[str, Access] | Mapping[int, Access]] = {
        "organizations": parts.organizations,
        "teams": parts.teams,
        "users": parts.users,
        "keys": parts.keys,
    }
    for section, policies in sections.items():
        for name, access in policies.items():
            yield (section, name), access


def _policy(
    path: Path, access: Access, names: Mapping[str, frozenset[str]], upstream: frozenset[str]
) -> Iterator[Wrong]:
    """`upstream` are names that targets have there: they can be denied."""
    sides: tuple[tuple[Path, Access | Denied], ...] = ((path, access), ((*path, "deny"), access.deny))
    for at, side in sides:
        for kind, there in names.items():
            for number, name in enumerate(getattr(side, kind) or ()):
                if "*" not in name and not (side is access.deny and kind == "models" and name in upstream):
                    yield from known((*at, kind, number), name, there)
        yield from networks((*at, "ips"), side.ips or ())
    for number, hours in enumerate(access.times or ()):
        try:
            zone(hours.zone)
        except ValueError:
            place = (*path, "times", number, "zone")
            yield Wrong(place, f"{quoted(hours.zone)}, which this machine does not know", "a zone like Europe/Berlin")


def _conditions(parts: Parts) -> Iterator[Wrong]:
    for name, model in parts.models.items():
        if model.condition is not None:
            try:
                condition(model.condition)
            except ValueError as error:
                yield Wrong(("models", name, "condition"), quoted(model.condition), str(error))


def _regions(parts: Parts) -> frozenset[str]:
    said = [provider.region for provider in parts.providers.values()]
    said += [target.region for model in parts.models.values() for target in model.targets]
    return frozenset(region for region in said if region)


def _teams(parts: Parts) -> Iterator[Wrong]:
    for name, team in parts.teams.items():
        path = ("teams", name)
        if team.organization is not None:
            yield from known((*path, "organization"), team.organization, parts.names["organizations"])
        if team.parent is None:
            continue
        yield from known((*path, "parent"), team.parent, parts.names["teams"])
        above = chain(name, parts.teams)
        if parts.teams[above[-1]].parent == name:
            round_trip = " → ".join((*above, name))
            yield Wrong((*path, "parent"), f"{quoted(team.parent)}, which leads back here: {round_trip}", "no circle")
        elif team.organization is not None:
            expected = "nothing: a team stands in the organization of its parent"
            yield Wrong((*path, "organization"), quoted(team.organization), expected)


def _users_and_keys(parts: Parts) -> Iterator[Wrong]:
    there = roles(parts.roles)
    words = frozenset(there) | parts.names["roles"]
    for name, user in parts.users.items():
        for number, role in enumerate(user.roles or ()):
            yield from known(("users", name, "roles", number), role, words)
    for at, key in parts.keys.items():
        for number, role in enumerate(key.roles or ()):
            yield from known(("keys", at, "roles", number), role, words)
        owner = parts.users.get(key.user or "")
        if key.roles and owner and (most := owner.roles):
            more = exceeding(held(key.roles, there), held(most, there))
            if more:
                found = f"more than {quoted(key.user or '')} has: {', '.join(more)}"
                yield Wrong(("keys", at, "roles"), found, choice(most))
