"""Callers for all who prove who they are by something else than a client key: only of teams in the configuration."""

from collections.abc import Iterable, Mapping

from lockgate.app.places import places
from lockgate.app.settings import Config
from lockgate.core.auth import NOTHING_NOTED, Caller, Members


def members(config: Config) -> Members:
    """Where a team stands goes with everybody who is in it, however they came in. What they may is asked later."""
    there = places(config)

    def member(
        team: str,
        key_id: str,
        *,
        method: str,
        name: str = "",
        user: str = "",
        roles: Iterable[str] = (),
        claims: Mapping[str, str] | None = None,
    ) -> Caller:
        place = there[team]
        return Caller(
            key_id,
            team,
            name,
            user=user,
            organization=place.organization,
            teams=place.teams,
            roles=frozenset(roles),
            method=method,
            claims=dict(claims) if claims else NOTHING_NOTED,
        )

    return member
