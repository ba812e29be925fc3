"""Claims that a file builds on and no way in keeps: no caller would ever have one, and nobody would say so."""

from collections.abc import Iterator

from msgspec import Struct

from lockgate.app.references import structs
from lockgate.app.settings import Config
from lockgate.app.settings.headers import RequiredSettings, SourceSettings
from lockgate.app.settings.limits import BudgetSettings, LimitSettings
from lockgate.app.settings.when import WhenSettings


def unkept_claims(config: Config) -> Iterator[str]:
    """What a person should hear: a demanded header would always be refused, an added one always left out."""
    kept: set[str] = set()
    for method in config.auth:
        if method.kept is None:
            return
        kept |= method.kept
    for path, each in structs(config, ()):
        for place, name in _claims_of(each):
            if name not in kept:
                where = ".".join(map(str, (*path, place)))
                yield f"{where}: no caller has the claim {name[:60]!r}: no method under `auth` keeps it (`claims` of an issuer)"


def _claims_of(each: Struct) -> Iterator[tuple[str, str]]:
    """Where it names claims, and which."""
    if isinstance(each, SourceSettings | RequiredSettings) and each.claim is not None:
        yield "claim", each.claim
    elif isinstance(each, LimitSettings | BudgetSettings) and (each.by or "").startswith("claim:"):
        yield "by", (each.by or "").removeprefix("claim:")
    elif isinstance(each, WhenSettings):
        yield from ((f"claims.{name}", name) for name in each.claims)
