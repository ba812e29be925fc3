"""Basic (RFC 7617), for clients that know nothing else: names and long random passwords from the configuration."""

import hmac
from base64 import b64decode
from binascii import Error
from collections.abc import Iterator, Mapping
from typing import Annotated

from msgspec import Meta, Struct

from lockgate.core.auth import (
    REALM,
    AuthConfig,
    Authenticator,
    AuthPorts,
    Caller,
    Facts,
    Fault,
    Presented,
    Takes,
    again,
)
from lockgate.core.key_digest import Pepper
from lockgate.core.name import Name
from lockgate.core.secret_ref import SecretRef

_NOBODY = "0" * 64


class User(Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody with a password."""

    name: Name
    team: Name
    password: SecretRef
    roles: tuple[Name, ...] = ()


class plugin(AuthConfig, frozen=True, tag="basic"):
    """Settings of Basic."""

    status = "stable"

    users: Annotated[tuple[User, ...], Meta(min_length=1, max_length=10_000)]

    def faults(self, facts: Facts) -> Iterator[Fault]:
        names: set[str] = set()
        for number, user in enumerate(self.users):
            path = ("users", number)
            yield from facts.holder(path, user.team, user.roles)
            yield from again((*path, "name"), user.name, names)
            yield from facts.strong((*path, "password"), user.password, "password")

    def build(self, ports: AuthPorts) -> Authenticator:
        known: dict[str, tuple[str, Caller]] = {}
        for user in self.users:
            caller = ports.member(user.team, f"basic:{user.name}", method="basic", name=user.name, roles=user.roles)
            digest = ports.pepper.digest(f"{user.name}:{ports.secret(user.password).reveal()}".encode())
            known[digest] = digest, caller
        return Basic(ports.pepper, known)


class Basic:
    """An `Authenticator`. Name and password are one secret: looked up by its HMAC, as client keys are, and in the same time."""

    takes = Takes(
        challenge=f'Basic {REALM}, charset="UTF-8"',
        wanted="a name and a password in `Authorization: Basic`",
        scheme="basic",
    )

    def __init__(self, pepper: Pepper, known: Mapping[str, tuple[str, Caller]]) -> None:
        self._pepper = pepper
        self._known = known

    async def authenticate(self, presented: Presented) -> Caller | None:
        try:
            pair = b64decode(presented.credential, validate=True)
        except (Error, ValueError):
            pair = b""
        digest = self._pepper.digest(pair)
        found = self._known.get(digest)
        same = hmac.compare_digest(digest, found[0] if found else _NOBODY)
        return found[1] if found and same else None
