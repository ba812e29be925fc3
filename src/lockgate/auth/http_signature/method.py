"""The method itself: one signature of a key that is known, over all of the request, in time, and once."""

import hashlib
from collections.abc import Callable, Mapping
from typing import final

from msgspec import Struct

from lockgate.auth.http_signature.digest import body_check
from lockgate.auth.http_signature.fields import Inner, Item, dictionary
from lockgate.auth.http_signature.keys import Verify
from lockgate.auth.http_signature.message import Message, signature_base
from lockgate.core.auth import REALM, Caller, Presented, Sealed, Takes
from lockgate.core.nonce import Nonces
from lockgate.core.problem import Kind, Problem

_BODILESS = frozenset(("GET", "HEAD"))
"""Methods whose body nobody reads."""


class SignatureKey(Struct, frozen=True):
    """Whose a key is, and how it checks."""

    caller: Caller
    algorithm: str
    verify: Verify


class Limits(Struct, frozen=True):
    """`window`: seconds for which a signature is good; `skew`: how far the signer's clock may be ahead.

    `scheme`: what clients see where something in front ends TLS; empty for what arrives here. `tag`: what the
    signature's `tag` has to be, if anything.
    """

    window: float = 300.0
    skew: float = 60.0
    scheme: str = ""
    tag: str = ""


@final
class HttpSignature:
    """An `Authenticator`."""

    takes = Takes(
        challenge=f"Signature {REALM}",
        wanted="an HTTP message signature (RFC 9421)",
        headers=frozenset((b"signature", b"signature-input")),
    )

    def __init__(
        self, keys: Mapping[str, SignatureKey], nonces: Nonces, clock: Callable[[], float], limits: Limits
    ) -> None:
        self._keys = keys
        self._nonces = nonces
        self._clock = clock
        self._limits = limits

    async def authenticate(self, presented: Presented) -> Sealed | Caller:
        scheme = self._limits.scheme or ("https" if presented.secure else "http")
        message = Message(presented.method, scheme, presented.path, presented.query, presented.headers)
        try:
            key, covered, signature = self._one(message)
            base = signature_base(message, covered)
            check = _covers_all(message, covered)
        except ValueError as error:
            raise _refused(str(error)) from None
        now = self._clock()
        created = self._in_time(covered, now)
        if not key.verify(base, signature):
            raise _refused("it is not one of that key")
        await self._first(covered, base, now, created)
        return Sealed(key.caller, check) if check else key.caller

    def _one(self, message: Message) -> tuple[SignatureKey, Inner, bytes]:
        """The one signature of a key that is known here; others, as a proxy may add, are not looked at."""
        for name in (b"signature-input", b"signature"):
            if not message.lines(name):
                raise ValueError(f"the header {name.decode()} is missing")
        inputs, signatures = dictionary(message.lines(b"signature-input")), dictionary(message.lines(b"signature"))
        ours = [
            (self._keys[str(covered.get("keyid"))], covered, label)
            for label, covered in inputs.items()
            if isinstance(covered, Inner) and covered.get("keyid") in self._keys
        ]
        if not ours:
            raise ValueError("its key is not known")
        if len(ours) > 1:
            raise Problem(Kind.AMBIGUOUS, "the request has two signatures of keys that are known")
        key, covered, label = ours[0]
        member = signatures.get(label)
        if not isinstance(member, Item) or not isinstance(member.value, bytes):
            raise ValueError("there are no bytes under its label")  # noqa: TRY004  a value from outside
        if covered.get("alg") not in (None, key.algorithm):
            raise ValueError("its algorithm is not that of the key")
        if self._limits.tag and covered.get("tag") != self._limits.tag:
            raise ValueError("its tag is another one")
        return key, covered, member.value

    def _in_time(self, covered: Inner, now: float) -> int:
        created, expires = covered.get("created"), covered.get("expires")
        if not isinstance(created, int) or not isinstance(expires, int | None):
            raise _refused("it does not say when it was made")
        if not now - self._limits.window <= created <= now + self._limits.skew:
            raise _refused("it was not made just now")
        if expires is not None and now >= expires:
            raise _refused("it has expired")
        return created

    async def _first(self, covered: Inner, base: bytes, now: float, created: int) -> None:
        """What was signed is the nonce where there is none: a second request like it has to be made a second later."""
        given = covered.get("nonce")
        nonce = given.encode() if isinstance(given, str) and given else hashlib.sha256(base).digest()
        name = b"http_signature\0%b\0%b" % (str(covered.get("keyid")).encode(), nonce)
        if not await self._nonces.first(name, now, created + self._limits.window + 1, created):
            raise _refused("it was used before")


def _covers_all(message: Message, covered: Inner) -> Callable[[bytes], None] | None:
    """Method, host, path and query have to be covered, and the digest of a body; that one is then compared with it."""
    names = {item.value for item in covered.items}
    whole = "@target-uri" in names or ({"@authority", "@path"} <= names and ("@query" in names or not message.query))
    if "@method" not in names or not whole:
        raise ValueError("it has to cover @method, and @target-uri or @authority, @path and @query")
    if "content-digest" in names:
        return body_check(message.lines(b"content-digest"))
    if message.method not in _BODILESS:
        raise ValueError("it has to cover content-digest")
    return None


def _refused(why: str) -> Problem:
    return Problem(Kind.UNAUTHENTICATED, f"the signature is not valid: {why}")
