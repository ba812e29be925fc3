"""Client certificates: whom a certificate that TLS has verified belongs to."""

from collections.abc import Iterator
from typing import Annotated

from msgspec import Meta, Struct

from lockgate.core.auth import AuthConfig, Authenticator, AuthPorts, Facts, Fault, again
from lockgate.core.name import Name

MATCHES = ("uri", "dns", "email", "cn", "subject", "sha256")
"""What a principal may be known by, one of them."""


class Principal(Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody, and what stands in their certificate."""

    name: Name
    team: Name
    uri: str | None = None
    dns: str | None = None
    email: str | None = None
    cn: str | None = None
    subject: str | None = None
    sha256: Annotated[str, Meta(pattern=r"^[0-9A-Fa-f]{2}(:?[0-9A-Fa-f]{2}){31}$")] | None = None
    issuer: str | None = None
    roles: tuple[Name, ...] = ()

    def __post_init__(self) -> None:
        if sum(bool(getattr(self, name)) for name in MATCHES) != 1:
            raise ValueError("exactly one of " + ", ".join(f"`{name}`" for name in MATCHES) + ", and not empty")

    def known_by(self) -> tuple[str, str]:
        """The kind of name, and the name in the form that certificates are compared in."""
        kind = next(name for name in MATCHES if getattr(self, name))
        value = str(getattr(self, kind))
        return kind, value.lower().replace(":", "") if kind == "sha256" else value.lower() if kind == "dns" else value


class plugin(AuthConfig, frozen=True, tag="mtls"):
    """Settings of client certificates. Whom TLS trusts is said in `server.tls`."""

    status = "stable"
    certificates = True

    principals: Annotated[tuple[Principal, ...], Meta(min_length=1, max_length=10_000)]

    def faults(self, facts: Facts) -> Iterator[Fault]:
        names: set[str] = set()
        known: set[tuple[tuple[str, str], str | None]] = set()
        for number, principal in enumerate(self.principals):
            path = ("principals", number)
            yield from facts.holder(path, principal.team, principal.roles)
            yield from again((*path, "name"), principal.name, names)
            how = principal.known_by()
            if (how, principal.issuer) in known:
                yield Fault((*path, how[0]), f"{how[1][:60]!r} again", "something that no other principal is known by")
            known.add((how, principal.issuer))

    def build(self, ports: AuthPorts) -> Authenticator:
        from lockgate.auth.mtls.method import Known, Mtls  # noqa: PLC0415  cryptography is loaded where it is needed

        table: dict[tuple[str, str], list[Known]] = {}
        for each in self.principals:
            caller = ports.member(each.team, f"mtls:{each.name}", method="mtls", name=each.name, roles=each.roles)
            table.setdefault(each.known_by(), []).append(Known(caller, each.issuer))
        return Mtls(table, ports.clock)
