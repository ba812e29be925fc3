"""Who is calling, and how one says so."""

from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, ClassVar, Literal, Protocol

from msgspec import Struct

from lockgate.core.access import Access
from lockgate.core.http import Headers, Transport
from lockgate.core.key_digest import Pepper
from lockgate.core.key_strength import LENGTH, weakness
from lockgate.core.nonce import Nonces
from lockgate.core.secret import Secret
from lockgate.core.secret_ref import SecretRef

NOTHING_NOTED: Mapping[str, str] = MappingProxyType({})


class Caller(Struct, frozen=True):
    """An authenticated principal. There is no anonymous one: without an id and a team it cannot be made.

    `teams` is the team and those above it, the nearest first; `method` is how the caller proved who it is; `claims` is
    what the credential says of its holder, verified; `metadata` is what the operator noted on the key; `access` is the
    key's own policy. A caller without `roles` is a developer. What it may, `Policies` knows.
    """

    key_id: str
    team: str
    name: str = ""
    user: str = ""
    organization: str = ""
    teams: tuple[str, ...] = ()
    roles: frozenset[str] = frozenset()
    method: str = "api_key"
    claims: Mapping[str, str] = NOTHING_NOTED
    metadata: Mapping[str, str] = NOTHING_NOTED
    access: Access | None = None

    def __post_init__(self) -> None:
        if not self.key_id or not self.team:
            raise ValueError("a caller has an id and a team")


def as_user(caller: Caller) -> str:
    """Who is no user is a key; and no user is taken for a key, whatever they call themselves."""
    user = caller.user
    if not user:
        return f"key {caller.key_id}"
    return f"user {user}" if user.startswith(("key ", "user ")) else user


class Presented(Struct, frozen=True):
    """A request as far as whoever asks "who is it?" may see it: everything but the body.

    `credential` is the one secret that the request carried in a header that all methods know, and `scheme` says how:
    "bearer" for `Authorization: Bearer` and for the headers that hold a bare key, else the scheme of `Authorization` in
    lower case; both are empty when there was none. `certificate` is the client's own in PEM, verified by TLS, or empty.
    """

    method: str
    path: str
    query: str
    headers: Headers
    scheme: str = ""
    credential: bytes = b""
    certificate: str = ""
    client: str = ""
    secure: bool = False

    def __repr__(self) -> str:
        return f"Presented({self.method} {self.path})"


class Takes(Struct, frozen=True):
    """Where a method finds what it checks, known before any request, so that two identities in one request are seen.

    `scheme`: in `Presented.credential`, of this scheme. `headers`: in headers of its own, none of which is ever
    forwarded. `certificate`: in the connection. `url`: a bare key may be in `?key=`, too. None of these: it answers for requests that carry nothing.
    `challenge` is what `WWW-Authenticate` says of it; `wanted` says the same to a person.
    """

    challenge: str
    wanted: str
    scheme: str = ""
    headers: frozenset[bytes] = frozenset()
    certificate: bool = False
    url: bool = False


@dataclass(frozen=True, slots=True)
class Sealed:
    """A caller whose proof covers the body. `check` raises a `Problem` for another body, before anybody else sees it."""

    caller: Caller
    check: Callable[[bytes], None]


REALM = 'realm="lockgate"'

BEARER = Takes(
    challenge=f"Bearer {REALM}",
    wanted="a key in `Authorization: Bearer`, `x-api-key`, `api-key`, `x-goog-api-key` or `x-litellm-api-key`",
    scheme="bearer",
)
"""What every method takes that reads a bare key or a token."""


class Authenticator(Protocol):
    """One way to say who is calling.

    None: not a credential of my kind, ask the next one. A `Problem`: of my kind and not valid, stop. A certificate that
    belongs to nobody is None, for it may be there for the connection's sake.
    """

    @property
    def takes(self) -> Takes: ...

    async def authenticate(self, presented: Presented) -> Caller | Sealed | None: ...


class Members(Protocol):
    """Makes callers, and only of teams that are in the configuration. `LookupError` for another one."""

    def __call__(
        self,
        team: str,
        key_id: str,
        *,
        method: str,
        name: str = "",
        user: str = "",
        roles: Iterable[str] = (),
        claims: Mapping[str, str] = NOTHING_NOTED,
    ) -> Caller: ...


class Shelf(Protocol):
    """Keeps what a method fetched, for the other processes of this machine and for those to come."""

    def taken(self, name: str) -> tuple[bytes, float] | None:
        """What was put there last, and how many seconds ago."""

    def put(self, name: str, content: bytes) -> None:
        """At once, without waiting for a disk; that it did not work is told in the log."""


@dataclass(frozen=True, slots=True)
class AuthPorts:
    """What a method is built with. `checked` gives a file beside the configuration as `faults` read it, whatever became of it
    since; `read` as it is now: `OSError` or `ValueError` when it cannot.

    `memory` outlives a reload: what was fetched under an address is found under it again. `clock` is the time of day.
    """

    keys: Authenticator
    member: Members
    teams: frozenset[str]
    secret: Callable[[SecretRef], Secret]
    checked: Callable[[str], bytes]
    read: Callable[[str], bytes]
    pepper: Pepper
    transport: Transport
    nonces: Nonces
    clock: Callable[[], float]
    memory: MutableMapping[tuple[str, str], Any]
    shelf: Shelf | None = None


class Fault(Struct, frozen=True):
    """Something wrong with a method's settings; `path` begins at the method."""

    path: tuple[str | int, ...]
    found: str
    expected: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What the settings of a method are checked against. A secret that could not be opened was told of already: None."""

    teams: frozenset[str]
    roles: frozenset[str]
    secret: Callable[[SecretRef], Secret | None]
    read: Callable[[str], bytes]

    def team(self, path: tuple[str | int, ...], name: str) -> Iterator[Fault]:
        """The fault of naming a team that is not there."""
        if name not in self.teams:
            known = "one of: " + ", ".join(sorted(self.teams)[:100]) if self.teams else "nothing: there are none"
            yield Fault(path, f"{name[:60]!r}, which is not in this file", known)

    def each_role(self, path: tuple[str | int, ...], names: Iterable[str]) -> Iterator[Fault]:
        """The faults of naming roles that are not there."""
        for number, name in enumerate(names):
            if name not in self.roles:
                known = "one of: " + ", ".join(sorted(self.roles)[:100])
                yield Fault((*path, number), f"{name[:60]!r}, which is no role", known)

    def holder(self, path: tuple[str | int, ...], team: str, roles: Iterable[str]) -> Iterator[Fault]:
        """The faults of somebody in a list: in a team, with roles."""
        yield from self.team((*path, "team"), team)
        yield from self.each_role((*path, "roles"), roles)

    def strong(self, path: tuple[str | int, ...], ref: SecretRef | None, what: str = "secret") -> Iterator[Fault]:
        """The fault of letting somebody in for a secret that anybody could guess."""
        secret = self.secret(ref) if ref else None
        if secret is not None and (weak := weakness(secret.reveal())):
            yield Fault(path, f"a {what} that anybody could guess: {weak}", f"at least {LENGTH} random characters")


def again(path: tuple[str | int, ...], name: str, seen: set[str], own: str = "a name of its own") -> Iterator[Fault]:
    """The fault of a name that was seen before; now it was."""
    if name in seen:
        yield Fault(path, f"{name!r} again", own)
    seen.add(name)


class AuthConfig(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind"):
    """Base of every method's settings."""

    status: ClassVar[Literal["stable", "experimental"]]
    insecure: ClassVar[bool] = False
    """It lets in whoever can connect: for loopback listeners only, and alone."""
    certificates: ClassVar[bool] = False
    """It reads the client's certificate, so the listener has to ask for one."""
    remembers: ClassVar[bool] = False
    """It asks the memory against replays."""

    @property
    def kept(self) -> frozenset[str] | None:
        """Names of the claims that its callers may have; None: nobody knows before they come."""
        return frozenset()

    def faults(self, facts: Facts) -> Iterator[Fault]:
        """Everything that is wrong with the settings and that types cannot say."""
        yield from ()

    def build(self, ports: AuthPorts) -> Authenticator:
        """The method itself. What can be wrong was found by `faults`."""
        raise NotImplementedError
