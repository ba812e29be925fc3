"""Callers for all who prove who they are by something else than a client key: only of teams in the configuration."""

from collections.abc import Iterable, Mapping

from lockgate.app.settings import Config
from lockgate.core.auth import Caller, Members


def members(config: Config) -> Members:
    """What a team may use goes with everybody who is in it, however they came in."""
    models = {name: frozenset(team.models) for name, team in config.teams.items()}

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
        return Caller(
            key_id,
            team,
            models[team],
            name,
            user=user,
            roles=frozenset(roles),
            method=method,
            claims=dict(claims or {}),
        )

    return member
