"""Signed requests: HTTP Message Signatures (RFC 9421) with Content-Digest (RFC 9530)."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Literal

from msgspec import Meta, Struct

from lockgate.core.auth import AuthConfig, Authenticator, AuthPorts, Facts, Fault, again
from lockgate.core.duration import Duration, seconds
from lockgate.core.name import Name
from lockgate.core.secret_ref import SecretRef

if TYPE_CHECKING:
    from lockgate.auth.http_signature.keys import Verify


class KeySettings(Struct, frozen=True, forbid_unknown_fields=True):
    """A key that requests may be signed with: a shared secret for `hmac-sha256`, else a public key."""

    id: Annotated[str, Meta(pattern=r"^[!#-\[\]-~]{1,128}$", description="What `keyid` is.")]
    team: Name
    algorithm: Literal["hmac-sha256", "ed25519", "ecdsa-p256-sha256", "rsa-pss-sha512"]
    secret: SecretRef | None = None
    public_key_file: str | None = None
    roles: tuple[Name, ...] = ()

    def __post_init__(self) -> None:
        if (self.algorithm == "hmac-sha256") != (self.secret is not None) or (
            (self.secret is None) != (self.public_key_file is not None)
        ):
            raise ValueError("`secret` for hmac-sha256, `public_key_file` for the others, and not both")


class plugin(AuthConfig, frozen=True, tag="http_signature"):
    """Settings of signed requests."""

    status = "stable"
    remembers = True

    keys: Annotated[tuple[KeySettings, ...], Meta(min_length=1, max_length=10_000)]
    window: Duration = "5m"
    skew: Duration = "60s"
    scheme: Literal["http", "https"] | None = None
    tag: str = ""

    def faults(self, facts: Facts) -> Iterator[Fault]:
        from lockgate.auth.http_signature.keys import public  # noqa: PLC0415  cryptography only where it is needed

        if seconds(self.window) <= 0:
            yield Fault(("window",), self.window, "a time longer than zero")
        names: set[str] = set()
        for number, key in enumerate(self.keys):
            path = ("keys", number)
            yield from facts.holder(path, key.team, key.roles)
            yield from again((*path, "id"), key.id, names, "an id of its own")
            yield from facts.strong((*path, "secret"), key.secret)
            if key.public_key_file is not None:
                try:
                    public(facts.read(key.public_key_file), key.algorithm)
                except (OSError, ValueError) as error:
                    found = f"{key.public_key_file[:60]!r}: {getattr(error, 'strerror', None) or error}"
                    yield Fault((*path, "public_key_file"), found, f"a public key in PEM for {key.algorithm}")

    def build(self, ports: AuthPorts) -> Authenticator:
        from lockgate.auth.http_signature import method  # noqa: PLC0415  as in `faults`

        keys: dict[str, method.SignatureKey] = {}
        for key in self.keys:
            caller = ports.member(
                key.team, f"http_signature:{key.id}", method="http_signature", name=key.id, roles=key.roles
            )
            keys[key.id] = method.SignatureKey(caller, key.algorithm, _verify(key, ports))
        limits = method.Limits(seconds(self.window), seconds(self.skew), self.scheme or "", self.tag)
        return method.HttpSignature(keys, ports.nonces, ports.clock, limits)


def _verify(key: KeySettings, ports: AuthPorts) -> "Verify":
    from lockgate.auth.http_signature.keys import public, shared  # noqa: PLC0415  as in `faults`

    if key.secret is not None:
        return shared(ports.secret(key.secret).reveal().encode())
    return public(ports.checked(key.public_key_file or ""), key.algorithm)
