"""A plain signature for simple clients: one header with a time, a digest of the body and an HMAC over the request."""

import hashlib
import hmac
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Annotated, final

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
    Sealed,
    Takes,
    again,
)
from lockgate.core.duration import Duration, seconds
from lockgate.core.name import Name
from lockgate.core.nonce import Nonces
from lockgate.core.problem import Kind, Problem
from lockgate.core.secret_ref import SecretRef

HEADER = b"x-lockgate-signature"
_FORM = re.compile(
    rb"k=(?P<key>[A-Za-z0-9._-]{1,64}),t=(?P<time>[0-9]{1,12}),(?:n=(?P<nonce>[A-Za-z0-9._~-]{1,128}),)?"
    rb"d=(?P<digest>[0-9a-f]{64}),v1=(?P<mac>[0-9a-f]{64})"
)
_NOBODY = bytes(32)


class KeySettings(Struct, frozen=True, forbid_unknown_fields=True):
    """A secret that requests are signed with."""

    name: Name
    team: Name
    secret: SecretRef
    roles: tuple[Name, ...] = ()


class plugin(AuthConfig, frozen=True, tag="hmac"):
    """Settings of the plain signature."""

    status = "stable"
    remembers = True

    keys: Annotated[tuple[KeySettings, ...], Meta(min_length=1, max_length=10_000)]
    window: Duration = "5m"

    def faults(self, facts: Facts) -> Iterator[Fault]:
        if seconds(self.window) <= 0:
            yield Fault(("window",), self.window, "a time longer than zero")
        names: set[str] = set()
        for number, key in enumerate(self.keys):
            path = ("keys", number)
            yield from facts.holder(path, key.team, key.roles)
            yield from again((*path, "name"), key.name, names)
            yield from facts.strong((*path, "secret"), key.secret)

    def build(self, ports: AuthPorts) -> Authenticator:
        keys: dict[bytes, tuple[Caller, bytes]] = {}
        for key in self.keys:
            caller = ports.member(key.team, f"hmac:{key.name}", method="hmac", name=key.name, roles=key.roles)
            keys[key.name.encode()] = caller, ports.secret(key.secret).reveal().encode()
        return Hmac(keys, ports.nonces, ports.clock, seconds(self.window))


@final
class Hmac:
    """An `Authenticator`. The body's digest is in the header, so that the sender is known before the body is read."""

    takes = Takes(
        challenge=f"Lockgate-HMAC {REALM}",
        wanted="a signature in `x-lockgate-signature`",
        headers=frozenset((HEADER,)),
    )

    def __init__(
        self, keys: Mapping[bytes, tuple[Caller, bytes]], nonces: Nonces, clock: Callable[[], float], window: float
    ) -> None:
        self._keys = keys
        self._nonces = nonces
        self._clock = clock
        self._window = window

    async def authenticate(self, presented: Presented) -> Sealed:
        values = [value for name, value in presented.headers if name == HEADER]
        given = _FORM.fullmatch(values[0].replace(b" ", b"")) if len(values) == 1 else None
        if given is None:
            raise _refused("it is not of the form `k=NAME,t=SECONDS,d=SHA256,v1=HMAC`")
        found = self._keys.get(given["key"])
        mac = hmac.digest(found[1] if found else _NOBODY, _signed(presented, given), "sha256")
        if not hmac.compare_digest(mac.hex().encode(), given["mac"]) or found is None:
            raise _refused("it is not one of a key that is known")
        now, made = self._clock(), int(given["time"])
        if abs(now - made) > self._window:
            raise _refused("it was not made just now")
        name = b"hmac\0%b\0%b" % (given["key"], b"n" + given["nonce"] if given["nonce"] else b"v" + given["mac"])
        if not await self._nonces.first(name, now, made + self._window + 1, made):
            raise _refused("it was used before")
        return Sealed(found[0], _body_check(given["digest"]))


def _signed(presented: Presented, given: "re.Match[bytes]") -> bytes:
    target = presented.path + (f"?{presented.query}" if presented.query else "")
    parts = (b"v1", given["time"], given["nonce"] or b"", presented.method.encode(), target.encode(), given["digest"])
    return b"\n".join(parts)


def _body_check(digest: bytes) -> Callable[[bytes], None]:
    def check(body: bytes) -> None:
        if not hmac.compare_digest(hashlib.sha256(body).hexdigest().encode(), digest):
            raise Problem(Kind.UNAUTHENTICATED, "the body is not the one that was signed")

    return check


def _refused(why: str) -> Problem:
    return Problem(Kind.UNAUTHENTICATED, f"the signature is not valid: {why}")
