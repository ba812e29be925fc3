"""What an operator says of an identity provider and of its tokens."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from lockgate.core.duration import Duration
from lockgate.core.name import Name

Algorithm = Literal["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519"]
"""Signatures with a key pair only: with a shared secret, whoever can check a token can make one."""

ClaimPath = str | tuple[str, ...]
"""`realm_access.roles`, or a list where a name has a dot in it: `["https://example.com/team"]`."""


class FromClaim(Struct, frozen=True, forbid_unknown_fields=True):
    """A value that a claim says. The claim may be a text or a list of texts."""

    claim: ClaimPath
    values: dict[str, Name] = {}
    """What each value of the claim means here, in order: the first that the token has. Left out, it is the name itself."""
    otherwise: Name | None = None
    """For a token that has none of them; left out, it is refused."""


class IssuerSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """An identity provider, how its tokens are checked, and whom they make."""

    name: Name
    issuer: Annotated[str, Meta(min_length=1, max_length=2048, description="What `iss` has to be, to the letter.")]
    audience: Annotated[tuple[str, ...], Meta(min_length=1, description="`aud` has to hold one of them.")]
    team: Name | FromClaim
    jwks_url: str | None = None
    jwks_file: str | None = None
    allow_private: Annotated[bool, Meta(description="Its name may mean a private or loopback address.")] = False
    algorithms: Annotated[tuple[Algorithm, ...], Meta(min_length=1)] = ("RS256", "ES256", "EdDSA", "Ed25519", "PS256")
    typ: tuple[str, ...] = ()
    azp: tuple[str, ...] = ()
    skew: Duration = "60s"
    user: ClaimPath = "sub"
    roles: tuple[Name, ...] | FromClaim = ()
    claims: tuple[str, ...] = ()
    refresh: Duration = "5m"
    stale_max: Duration = "15m"

    def __post_init__(self) -> None:
        if self.jwks_url is not None and self.jwks_file is not None:
            raise ValueError("either `jwks_url` or `jwks_file`, or neither for discovery")


def path(claim: ClaimPath) -> tuple[str, ...]:
    """Where a claim is found, name by name."""
    return tuple(claim.split(".")) if isinstance(claim, str) else claim
