"""Which limits apply to a request, and which counters it claims from. Pure."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from hashlib import blake2b

from lockgate.core.address import one_client
from lockgate.core.allowance import Limit, Limits, Place
from lockgate.core.auth import Caller, as_user
from lockgate.core.exchange import Route
from lockgate.core.http import Headers, header
from lockgate.core.limit import Claim
from lockgate.pipeline.chosen import COUNTED, Applied, Chosen

MOST_KNOWN = 10_000
"""Combinations of caller and model that are remembered: a caller of a foreign identity provider may be anybody."""

REMEMBERED = 3_600_000_000
"""Microseconds. All money is remembered in the audit log, and what counts for so long."""
TOKENS = frozenset(("tokens", "input_tokens", "output_tokens", "cost"))
ONE = {"requests": True, "concurrency": False}
"""Kinds that every request takes one of; and whether that is charged at once, not when it ends."""


class Group:
    """All limits that apply to a caller's requests to a model, and what can be known of them beforehand.

    `largest` is the largest body; `tokens` and `money`: something counts them; `bound`: some are for one provider only.
    """

    __slots__ = ("all", "bound", "counted", "largest", "money", "tokens")

    def __init__(self, found: Iterable[Applied]) -> None:
        every = tuple(found)
        sizes = [each.limit.shape.max for each in every if each.limit.kind == "request_bytes" and not each.limit.shadow]
        self.largest = min(sizes, default=0)
        self.all = Chosen(each for each in every if each.limit.kind != "request_bytes")
        self.counted = Chosen(each for each in self.all.all if each.limit.kind == "requests")
        self.tokens = any(each.limit.kind in TOKENS for each in self.all.all)
        self.money = any(each.limit.kind == "cost" and not each.limit.shadow for each in self.all.all)
        self.bound = any(each.provider for each in self.all.all)

    def of(self, names: Collection[str]) -> Chosen:
        """Those for any provider, and those for one of these."""
        return Chosen(each for each in self.all.all if not each.provider or each.provider in names)


class Applies:
    """All limits of a configuration, found by caller and route, and remembered."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._bound = any(
            place[0] == "provider" or limit.by == "provider" for place, those in limits.at.items() for limit in those
        )
        self._known: dict[tuple[object, ...], Group] = {}

    def of(self, caller: Caller, route: Route) -> Group:
        names = (
            tuple([upstream.name for upstream in route.upstreams]) if self._bound else ()
        )  # some are for some requests
        key = (caller.key_id, caller.user, caller.teams or caller.team, caller.organization, route.model, names)
        found = self._known.get(key)
        if found is None:
            if len(self._known) >= MOST_KNOWN:
                self._known.clear()
            found = self._known[key] = Group(self._found(caller, route))
        return found

    def _found(self, caller: Caller, route: Route) -> Iterator[Applied]:
        for place in _places(caller, route):
            for limit in self._limits.at.get(place, ()):
                if limit.by == "provider" and place[0] != "provider":
                    names = dict.fromkeys(upstream.name for upstream in route.upstreams)
                    yield from (_fixed(limit, name, provider=name) for name in names)
                elif limit.by == "client" or ":" in limit.by:
                    yield Applied(limit, b"", None, _provider(place), _remembered(limit), _amount(limit))
                else:
                    yield _fixed(limit, _value(limit, caller, route), provider=_provider(place))


def _amount(limit: Limit) -> int:
    return COUNTED.index(limit.kind) if limit.kind in COUNTED else 0


def _remembered(limit: Limit) -> bool:
    return limit.kind == "cost" or limit.shape.per >= REMEMBERED


def counter(limit: Limit, value: str, *, crowded: bool = False) -> bytes:
    """The name of a counter: whoever has the same value shares it. Values of clients are not kept, only their hash.

    `crowded`: of a limit there are 65,536, whatever clients make up, and some of them share one.
    """
    named = f"{limit.label}\0{value}".encode("utf-8", "surrogatepass")
    name = blake2b(named, digest_size=16).digest()
    return blake2b(name[:2] + limit.label.encode(), digest_size=16, person=b"crowded").digest() if crowded else name


def value_of(limit: Limit, headers: Headers, client: str, claims: Mapping[str, str]) -> str:
    """What a request counts for, by something that it brings itself. Those without it count together."""
    if limit.by == "client":
        return one_client(client) if ":" in client else client
    what, _, name = limit.by.partition(":")
    if what == "claim":
        return claims.get(name, "")
    return (header(headers, name.encode()) or b"").decode("latin-1")


def _places(caller: Caller, route: Route) -> Sequence[Place]:
    teams = caller.teams or (caller.team,)
    return (
        ("gateway", ""),
        ("organization", caller.organization),
        *(("team", team) for team in reversed(teams)),
        ("user", caller.user),
        ("key", caller.key_id),
        ("model", route.model),
        *(("provider", name) for name in dict.fromkeys(upstream.name for upstream in route.upstreams)),
    )


def _provider(place: Place) -> str:
    return place[1] if place[0] == "provider" else ""


def _fixed(limit: Limit, value: str, provider: str) -> Applied:
    named = counter(limit, value)
    claim = None
    if limit.kind in ONE:
        # Which provider is asked is not known yet, so its requests are charged when they end.
        at_once = ONE[limit.kind] and not provider
        claim = Claim(named, limit.shape, 1, at_once=at_once, shadow=limit.shadow)
    return Applied(limit, named, None if limit.calendar else claim, provider, _remembered(limit), _amount(limit))


def _value(limit: Limit, caller: Caller, route: Route) -> str:
    by = limit.by
    if by == limit.place[0]:
        return limit.place[1]
    return {
        "gateway": "",
        "organization": caller.organization,
        "team": caller.team,
        "user": as_user(caller),
        "key": caller.key_id,
        "model": route.model,
    }[by]
