"""Which limits apply to a request, and which counters it claims from. Pure."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from hashlib import blake2b

from msgspec import Struct

from lockgate.core.address import one_client
from lockgate.core.allowance import Limit, Limits, Place
from lockgate.core.auth import Caller
from lockgate.core.exchange import Route
from lockgate.core.http import Headers, header
from lockgate.core.limit import Claim, Shape
from lockgate.core.period import Calendar

MOST_KNOWN = 10_000
"""Combinations of caller and model that are remembered: a caller of a foreign identity provider may be anybody."""

REMEMBERED = 3_600_000_000
"""Microseconds. All money is remembered in the audit log, and what counts for so long."""
TOKENS = frozenset(("tokens", "input_tokens", "output_tokens", "cost"))
SHOWN = 12
"""Limits at most in one header."""
IN_DIALECTS = frozenset(("requests", "tokens", "input_tokens", "output_tokens"))
ONE = {"requests": True, "concurrency": False}
"""Kinds that every request takes one of; and whether that is charged at once, not when it ends."""
COUNTED = ("requests", "concurrency", "tokens", "input_tokens", "output_tokens", "cost")
"""In this order stand the amounts of a request, one of each kind: see `Amounts`."""
Amounts = tuple[int, int, int, int, int, int]
Asked = tuple[Claim | None, bytes, Shape, int]
"""A claim that is ready, or what one is made of: its counter, its shape, and the place of its amount."""


class Applied(Struct, frozen=True):
    """A limit that applies to a request. `claim` is ready where nothing in it depends on the request itself.

    `counter` is empty where it depends on the request. `provider` is whose requests it is for, empty for all.
    `remembered`: what is charged to it is in the audit log, so that a store can be made anew from there.
    `amount` is the place of what it takes among a request's amounts.
    """

    limit: Limit
    counter: bytes = b""
    claim: Claim | None = None
    provider: str = ""
    remembered: bool = False
    amount: int = 0


class Shown(Struct, frozen=True):
    """A limit in a header: its place, and what is said of it, as far as that is known beforehand. `kind` is empty where dialects
    have no header for it.
    """

    number: int
    kind: str
    capacity: int
    calendar: Calendar | None
    said: bytes


def _shown(number: int, limit: Limit) -> Shown:
    kind = limit.kind if limit.kind in IN_DIALECTS else ""
    said = limit.named.replace("%", "%%").encode() + b";r=%d"
    return Shown(number, kind, limit.shape.capacity, limit.calendar, said)


class Chosen:
    """Limits that a request claims from. `shown` are those that clients hear of, `policy` says how much.

    `plain`: whoever asks, whatever for, and whenever, nothing in a claim is different but its amount, and that is the same for all
    limits of a kind. `money` are the places of budgets, `remembered` of those whose charges are in the audit log; `gauged` are
    budgets whose use is a metric: place, label, and the most.
    """

    __slots__ = ("_asked", "_lines", "_places", "all", "gauged", "money", "plain", "policy", "remembered", "shown")

    def __init__(self, chosen: Iterable[Applied]) -> None:
        self.all = tuple(chosen)
        self.plain = all(_is_plain(each) for each in self.all)
        self.money = tuple(at for at, each in enumerate(self.all) if each.limit.kind == "cost")
        self.remembered = tuple(at for at, each in enumerate(self.all) if each.remembered)
        found = [(number, each.limit) for number, each in enumerate(self.all) if each.limit.shown][:SHOWN]
        self.shown = tuple(_shown(number, limit) for number, limit in found)
        self.policy = ", ".join([limit.policy for _, limit in found]).encode()
        self.gauged = tuple(self._gauged())
        self._lines: dict[int, bytes] = {}
        self._places = tuple(each.amount for each in self.all)
        self._asked: tuple[Asked, ...] = tuple(
            (each.claim, each.counter, each.limit.shape, each.amount) for each in self.all
        )

    def claims(self, amounts: Amounts) -> tuple[Claim, ...]:
        """Of a plain choice: for these amounts, one of each kind."""
        return tuple([claim or Claim(counter, shape, amounts[at]) for claim, counter, shape, at in self._asked])

    def used(self, amounts: Amounts) -> list[int]:
        """Of a plain choice: what each limit is charged of these amounts."""
        return [amounts[at] for at in self._places]

    def line(self, timed: int) -> bytes:
        """The header of what is left, with a place for each number. `timed` has a bit for each limit that is shown, the last one
        the lowest: whether a time is said of it.
        """
        line = self._lines.get(timed)
        if line is None:
            last = len(self.shown) - 1
            said = [each.said + b";t=%d" * (timed >> (last - at) & 1) for at, each in enumerate(self.shown)]
            line = self._lines[timed] = b", ".join(said)
        return line

    def _gauged(self) -> Iterator[tuple[int, str, int]]:
        for at in self.money:
            limit = self.all[at].limit
            if limit.by == limit.place[0]:
                yield at, limit.label, limit.shape.max


def _is_plain(applied: Applied) -> bool:
    limit = applied.limit
    ready = applied.claim is not None or (applied.counter and limit.calendar is None and not limit.shadow)
    return bool(ready and not applied.provider)


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
        "user": caller.user or f"key {caller.key_id}",
        "key": caller.key_id,
        "model": route.model,
    }[by]
