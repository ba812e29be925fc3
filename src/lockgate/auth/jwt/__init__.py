"""Tokens of identity providers: JWT with the keys of OpenID Connect issuers."""

from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Annotated

from msgspec import Meta

from lockgate.auth.jwt.settings import FromClaim, IssuerSettings, path
from lockgate.core.auth import AuthConfig, Authenticator, AuthPorts, Facts, Fault
from lockgate.core.duration import seconds

if TYPE_CHECKING:
    from lockgate.auth.jwt.claims import Choice, Rules
    from lockgate.auth.jwt.method import Issuer


class plugin(AuthConfig, frozen=True, tag="jwt"):
    """Settings of tokens: whose are taken."""

    status = "stable"

    issuers: Annotated[tuple[IssuerSettings, ...], Meta(min_length=1, max_length=64)]
    max_token_bytes: Annotated[int, Meta(ge=256, le=32768)] = 8192

    @property
    def kept(self) -> frozenset[str]:
        return frozenset(name for issuer in self.issuers for name in issuer.claims)

    def faults(self, facts: Facts) -> Iterator[Fault]:
        for number, issuer in enumerate(self.issuers):
            place = ("issuers", number)
            for fault in (*_named_twice(self.issuers, number), *_source(issuer, facts), *_people(issuer, facts)):
                yield Fault((*place, *fault.path), fault.found, fault.expected)

    def build(self, ports: AuthPorts) -> Authenticator:
        from lockgate.auth.jwt.method import Jwt  # noqa: PLC0415  cryptography is loaded where tokens are taken

        issuers = {each.issuer: _issuer(each, ports) for each in self.issuers}
        return Jwt(issuers, ports.member, ports.clock, limit=self.max_token_bytes)


def _named_twice(issuers: tuple[IssuerSettings, ...], number: int) -> Iterator[Fault]:
    for name in ("name", "issuer"):
        value = getattr(issuers[number], name)
        if value in [getattr(each, name) for each in issuers[:number]]:
            yield Fault((name,), f"{value[:60]!r} again", "one that no issuer before it has")


def _source(issuer: IssuerSettings, facts: Facts) -> Iterator[Fault]:
    from lockgate.auth.jwt.fetch import placed  # noqa: PLC0415  as in `build`
    from lockgate.auth.jwt.keys import key_set  # noqa: PLC0415

    try:
        if issuer.jwks_file is not None:
            where, what = "jwks_file", issuer.jwks_file
            key_set(facts.read(what))
        else:
            where, what = ("jwks_url", issuer.jwks_url) if issuer.jwks_url else ("issuer", issuer.issuer)
            placed(what)
    except OSError as error:
        yield Fault((where,), f"{what[:60]!r}, which cannot be read ({error.strerror})", "a file with a JWK Set")
    except ValueError as error:
        yield Fault((where,), f"{what[:60]!r}", str(error))
    if seconds(issuer.refresh) < 1:
        yield Fault(("refresh",), issuer.refresh, "a second or more")


def _people(issuer: IssuerSettings, facts: Facts) -> Iterator[Fault]:
    team = issuer.team
    if isinstance(team, str):
        yield from facts.team(("team",), team)
    else:
        for value, meaning in team.values.items():
            yield from facts.team(("team", "values", value), meaning)
        if team.otherwise is not None:
            yield from facts.team(("team", "otherwise"), team.otherwise)
    if isinstance(issuer.roles, tuple):
        yield from facts.each_role(("roles",), issuer.roles)
        return
    if not issuer.roles.values:
        yield Fault(("roles",), "no `values`", "a table of values: an identity provider names no roles of Lockgate's")
    yield from facts.each_role(("roles", "values"), issuer.roles.values.values())
    yield from facts.each_role(("roles", "otherwise"), filter(None, (issuer.roles.otherwise,)))


def _issuer(settings: IssuerSettings, ports: AuthPorts) -> "Issuer":
    from lockgate.auth.jwt import fetch, method, source  # noqa: PLC0415  as in `build`

    private = settings.allow_private
    if settings.jwks_file is not None:
        place, get = settings.jwks_file, fetch.from_file(ports.read, settings.jwks_file)
        with suppress(OSError, ValueError):  # a file that is away, or half written, changes nothing
            source.reread(ports.memory, place, ports.read(place))
    elif settings.jwks_url is not None:
        place = settings.jwks_url
        get = fetch.from_address(ports.transport, place, allow_private=private)
    else:
        place = settings.issuer
        get = fetch.from_discovery(ports.transport, place, allow_private=private)
    pace = source.Pace(seconds(settings.refresh), seconds(settings.stale_max))
    shelf = ports.shelf if settings.jwks_file is None else None
    keys = source.KeySource(settings.name, get, pace, ports.memory, place, shelf=shelf)
    return method.Issuer(settings.name, _rules(settings, ports), keys)


def _rules(settings: IssuerSettings, ports: AuthPorts) -> "Rules":
    from lockgate.auth.jwt.claims import Choice, Rules  # noqa: PLC0415  as in `build`

    return Rules(
        frozenset(settings.audience),
        frozenset(settings.algorithms),
        Choice(otherwise=settings.team) if isinstance(settings.team, str) else _choice(settings.team, ports.teams),
        frozenset(each.lower().removeprefix("application/") for each in settings.typ),
        frozenset(settings.azp),
        seconds(settings.skew),
        path(settings.user),
        Choice() if isinstance(settings.roles, tuple) else _choice(settings.roles),
        settings.roles if isinstance(settings.roles, tuple) else (),
        settings.claims,
    )


def _choice(source: FromClaim, known: frozenset[str] = frozenset()) -> "Choice":
    from lockgate.auth.jwt.claims import Choice  # noqa: PLC0415  as in `build`

    return Choice(path(source.claim), source.values, known, source.otherwise or "")
