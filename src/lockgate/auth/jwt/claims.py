"""What a token must say, and whom it makes."""

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct

from lockgate.auth.jwt.token import Token, refused

_LONGEST = 256


class Choice(Struct, frozen=True):
    """A value from a claim: what each of its values means, in order; `otherwise` when none of them is there.

    `known` are the names that are allowed without a table.
    """

    claim: tuple[str, ...] = ()
    values: Mapping[str, str] = {}
    known: frozenset[str] = frozenset()
    otherwise: str = ""


class Rules(Struct, frozen=True):
    """How the tokens of one issuer are judged. Times in seconds."""

    audience: frozenset[str]
    algorithms: frozenset[str]
    team: Choice
    typ: frozenset[str] = frozenset()
    azp: frozenset[str] = frozenset()
    skew: float = 60.0
    user: tuple[str, ...] = ("sub",)
    roles: Choice = Choice()
    fixed_roles: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()


class Holder(Struct, frozen=True):
    """Whom a token makes."""

    team: str
    user: str
    roles: tuple[str, ...]
    claims: dict[str, str]


_PLAIN_TYPES = frozenset(("", "jwt", "at+jwt"))


def check_kind(token: Token, rules: Rules) -> None:
    """Before its signature: the algorithm is one that this issuer may use, and the token is of a kind for us."""
    if token.algorithm not in rules.algorithms:
        raise refused("the token is signed with an algorithm that its issuer may not use here")
    if token.typ.lower().removeprefix("application/") not in (rules.typ or _PLAIN_TYPES):
        raise refused("the token is of another type")


def check(claims: Mapping[str, Any], rules: Rules, now: float) -> float:
    """After its signature: it is in time and meant for us. Returns when that ends."""
    expires, begins, made = (_moment(claims, name) for name in ("exp", "nbf", "iat"))
    if expires is None:
        raise refused("the token has no `exp`")
    if now >= expires + rules.skew:
        raise refused("the token has expired")
    if any(moment is not None and now < moment - rules.skew for moment in (begins, made)):
        raise refused("the token is not valid yet")
    if rules.audience.isdisjoint(_texts(claims.get("aud"))):
        raise refused("the token is meant for another audience")
    if rules.azp and rules.azp.isdisjoint(_texts(claims.get("azp", claims.get("client_id")))):
        raise refused("the token was made for another client")
    if "cnf" in claims:
        raise refused("the token is bound to a key, and is no bearer's")
    return expires + rules.skew


def holder(claims: Mapping[str, Any], rules: Rules) -> Holder:
    """Raises `Problem` for a token that makes nobody."""
    teams = dict.fromkeys(_chosen(claims, rules.team))
    if len(teams) > 1 and not rules.team.values:
        raise refused("the token belongs to more than one team here")
    team = next(iter(teams), rules.team.otherwise)
    if not team:
        raise refused("the token belongs to no team here")
    user = next(iter(_texts(_at(claims, rules.user))), "")
    if not user or len(user) > _LONGEST or not user.isprintable():
        raise refused("the token names no user")
    roles = tuple(dict.fromkeys(_chosen(claims, rules.roles))) or tuple(filter(None, (rules.roles.otherwise,)))
    kept = {name: text for name in rules.kept if (text := _kept(_at(claims, _path(claims, name)))) is not None}
    return Holder(team, user, rules.fixed_roles or roles, kept)


def _path(claims: Mapping[str, Any], name: str) -> tuple[str, ...]:
    """A claim of that very name, or the way that its dots describe."""
    return (name,) if name in claims else tuple(name.split("."))


def _chosen(claims: Mapping[str, Any], choice: Choice) -> Iterator[str]:
    said = _texts(_at(claims, choice.claim)) if choice.claim else ()
    if choice.values:
        yield from (meaning for value, meaning in choice.values.items() if value in said)
    else:
        yield from (value for value in said if value in choice.known)


def _at(claims: Any, path: tuple[str, ...]) -> Any:
    for name in path:
        claims = claims.get(name) if isinstance(claims, dict) else None
    return claims


def _texts(value: Any) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,)
    return tuple(v for v in value if isinstance(v, str)) if isinstance(value, list) else ()


def _kept(value: Any) -> str | None:
    """A claim as a text; a list with commas between, unless that could be read in another way."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | str):
        return str(value)
    texts = _texts(value)
    return ",".join(texts) if texts and not any("," in text for text in texts) else None


def _moment(claims: Mapping[str, Any], name: str) -> float | None:
    value = claims.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1e12:
        raise refused(f"the token's `{name}` is not a time")
    return float(value)
