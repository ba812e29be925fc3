"""Who serves a dialect: where, and how a request to them is signed. Data, for most of them."""

from collections.abc import Callable
from dataclasses import dataclass, field

from lockgate.core.body import Body
from lockgate.core.dialect import Ask, Dialect
from lockgate.core.http import Headers
from lockgate.core.problem import Kind, Problem
from lockgate.core.secret import Secret

Adapted = tuple[Body, tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """One dialect that a provider speaks, and the paths for it, behind the provider's base address.

    `count_tokens` is the path of the token count, where the provider has one for this dialect.
    """

    dialect: Dialect
    path: Callable[[Ask], str]
    count_tokens: str = ""
    adapt: Callable[[Body], Adapted] | None = None
    """For a dialect of its own, without chats or with things that are held: what its provider's `adapt` is for chats."""
    sign: Callable[[Secret | None], Headers] | None = None
    """Where this one is signed differently from the provider's others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """Who serves which dialects. A client's own dialect is preferred; otherwise the first one of its kind is translated to."""

    name: str
    base_url: str
    """Without a slash at the end; empty where the operator has to give one."""
    services: tuple[Service, ...]
    sign: Callable[[Secret | None], Headers]
    responses: Service | None = None
    """What holds things for later, where it has that. It is one of the `services` where the operator says so."""
    environment: tuple[str, ...] = ()
    """Variables that hold its key by convention."""
    adapt: Callable[[Body], Adapted] | None = None
    """Last changes for a provider that copies a dialect with differences, and the names of what was lost by them.

    Runs for clients of the same dialect too, so it changes only what the provider would refuse or not understand.
    """
    adapt_translated: Callable[[Body], Adapted] | None = None
    """The same, but only for requests that were translated: there the body is ours."""
    price_list: str = ""
    """What price lists call it; empty where nobody lists its prices."""
    builtin: bool = False
    """Served by this process itself; the address is known when it runs."""
    keyless: bool = field(default=False)
    """Works without a credential."""

    def service(self, dialect: Dialect) -> Service:
        """`Problem` where none of them gives answers of this kind: a chat is no vector."""
        for service in self.services:
            if service.dialect is dialect:
                return service
        if (other := self._alike(dialect)) is None:
            raise Problem(Kind.INVALID, f"{self.name} has no such endpoint", where="model")
        return other

    def serves(self, dialect: Dialect) -> bool:
        return self._alike(dialect) is not None

    def _alike(self, dialect: Dialect) -> Service | None:
        """Vectors are not translated: there is one dialect of them that all copy."""
        if dialect.vectors is not None:
            return next((each for each in self.services if each.dialect is dialect), None)
        return next((each for each in self.services if each.dialect.vectors is None), None)


def always(path: str) -> Callable[[Ask], str]:
    return lambda ask: path


def bearer(credential: Secret | None) -> Headers:
    return ((b"authorization", b"Bearer " + credential.reveal().encode()),) if credential else ()


def unsigned(credential: Secret | None) -> Headers:
    return ()
