"""The method itself: a token that was checked once is known by its hash until it ends or its issuer's keys change."""

import hashlib
from collections.abc import Callable, Mapping
from typing import final

from msgspec import Struct

from lockgate.auth.jwt.claims import Holder, Rules, check, check_kind, holder
from lockgate.auth.jwt.keys import KeySet
from lockgate.auth.jwt.source import KeySource
from lockgate.auth.jwt.token import Token, looks_like_one, refused, taken_apart
from lockgate.core.auth import BEARER, Caller, Members, Presented
from lockgate.core.problem import Kind, Problem

REMEMBERED = 10_000
"""Tokens that are known by their hash; about 1 KiB each."""


class Issuer(Struct, frozen=True):
    """One that may make tokens: its name here, its rules, its keys."""

    name: str
    rules: Rules
    source: KeySource


class Seen(Struct, frozen=True):
    """A token that was good: whose, until when, and with which keys of its issuer."""

    caller: Caller
    until: float
    keys: KeySet
    source: KeySource


@final
class Jwt:
    """An `Authenticator` for tokens of the issuers given, by what `iss` says."""

    takes = BEARER

    def __init__(
        self,
        issuers: Mapping[str, Issuer],
        member: Members,
        clock: Callable[[], float],
        *,
        limit: int,
        remembered: int = REMEMBERED,
    ) -> None:
        self._issuers = issuers
        self._member = member
        self._clock = clock
        self._limit = limit
        self._remembered = remembered
        self._seen: dict[bytes, Seen] = {}

    async def authenticate(self, presented: Presented) -> Caller | None:
        credential = presented.credential
        if credential[:3] != b"eyJ":
            return None
        digest = hashlib.sha256(credential).digest()  # of all of it: a part is no name for it (S12)
        seen = self._seen.get(digest)
        if seen is not None and self._clock() < seen.until and seen.source.current() is seen.keys:
            return seen.caller
        if not looks_like_one(credential):
            return None
        return await self._checked(taken_apart(credential, self._limit), digest)

    async def _checked(self, token: Token, digest: bytes) -> Caller:
        issuer = self._issuers.get(token.issuer)
        if issuer is None:
            raise refused("the token is of an issuer that is not known here")
        check_kind(token, issuer.rules)
        keys = await _signed(token, issuer.source)
        until = check(token.claims, issuer.rules, self._clock())
        caller = self._caller(issuer.name, holder(token.claims, issuer.rules))
        self._remember(digest, Seen(caller, until, keys, issuer.source))
        return caller

    def _caller(self, issuer: str, found: Holder) -> Caller:
        return self._member(
            found.team,
            f"jwt:{issuer}:{found.user}",
            method="jwt",
            name=issuer,
            user=found.user,
            roles=found.roles,
            claims=found.claims,
        )

    def _remember(self, digest: bytes, seen: Seen) -> None:
        """The oldest tenth goes when it is full: nobody counts who used what."""
        if len(self._seen) >= self._remembered:
            for old in list(self._seen)[: max(1, self._remembered // 10)]:
                del self._seen[old]
        self._seen[digest] = seen


async def _signed(token: Token, source: KeySource) -> KeySet:
    """The keys that hold one which signed it. What none of them can have signed makes us ask the issuer again, once in
    a while: a key of an unknown name, or any where the issuer gives them no names.
    """
    keys = await source.first()
    if keys is None:
        raise _away(source)
    if _is_signed(token, keys):
        return keys
    if not token.kid or not keys.candidates(token.kid, token.algorithm):
        renewed = await source.renewed()
        if renewed is not None and renewed is not keys and _is_signed(token, renewed):
            return renewed
        if renewed is None or source.failures:
            raise _away(source)
    raise refused("the token's signature is not one of its issuer")


def _is_signed(token: Token, keys: KeySet) -> bool:
    candidates = keys.candidates(token.kid, token.algorithm)
    return any(key.signed(token.algorithm, token.signed, token.signature) for key in candidates)


def _away(source: KeySource) -> Problem:
    detail = "the token cannot be checked now: the keys of its issuer cannot be fetched"
    return Problem(Kind.NO_AUTH, detail, source="gateway", retry_after=source.wait())
