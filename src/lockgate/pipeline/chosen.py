"""Limits that a request claims from, with all that can be known of them before it comes: claims, charges and headers are made of it."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from operator import itemgetter
from typing import Any

from msgspec import Struct

from lockgate.core.allowance import Limit
from lockgate.core.limit import Claim, Shape
from lockgate.core.period import Calendar

SHOWN = 12
"""Limits at most in one header."""
IN_DIALECTS = frozenset(("requests", "tokens", "input_tokens", "output_tokens"))
COUNTED = ("requests", "concurrency", "tokens", "input_tokens", "output_tokens", "cost")
"""In this order stand the amounts of a request, one of each kind: see `Amounts`."""
Amounts = tuple[int, int, int, int, int, int]
Asked = tuple[int, bytes, Shape, int]
"""What a claim that is not ready is made of: its place, its counter, its shape, and the place of its amount."""


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


Shown = tuple[int, str, bytes, int, Calendar | None]
"""A limit in a header: its place, its kind (empty where dialects have no header for it), its capacity in digits and as a
number (0 where no other limit is of this kind: nobody has to find out which is the tightest), and its calendar.
"""


def _shown(number: int, limit: Limit, *, alone: bool) -> Shown:
    capacity = limit.shape.capacity
    kind = limit.kind if limit.kind in IN_DIALECTS else ""
    return number, kind, b"%d" % capacity, 0 if alone else capacity, limit.calendar


class Form(Struct, frozen=True):
    """All headers of limits as lines of a dialect, with places for what changes; no lines where they have to be pairs.

    `kinds` are those that the dialect has headers for, and `when` writes its times. `quick`: the place of each limit that is
    shown, and whether it is of one of these kinds, where they come in the same order, no other limit is of any of them, and
    none follows a calendar.
    """

    lines: bytes = b""
    kinds: tuple[str, ...] = ()
    quick: tuple[tuple[int, bool], ...] = ()
    when: Callable[[int, float], bytes] = lambda seconds, now: b""


class Chosen:
    """Limits that a request claims from. `shown` are those that clients hear of, `policy` is the header that says how much, and
    `line` that of what is left, with two places for each limit: the number, and the time until all is there again, if any.
    `forms` are all headers of limits as lines, for each dialect: see `limit_lines`.

    `plain`: whoever asks, whatever for, and whenever, nothing in a claim is different but its amount, and that is the same for all
    limits of a kind. `money` are the places of budgets, `remembered` of those whose charges are in the audit log; `gauged` are
    budgets whose use is a metric: place, label, and the most. `used` says of a plain choice what each limit is charged of
    amounts, one of each kind.
    """

    __slots__ = (
        "_asked",
        "_ready",
        "all",
        "forms",
        "gauged",
        "line",
        "money",
        "plain",
        "policy",
        "remembered",
        "shown",
        "used",
    )

    def __init__(self, chosen: Iterable[Applied]) -> None:
        self.all = tuple(chosen)
        self.plain = all(_is_plain(each) for each in self.all)
        self.money = tuple(at for at, each in enumerate(self.all) if each.limit.kind == "cost")
        self.remembered = tuple(at for at, each in enumerate(self.all) if each.remembered)
        found = [(number, each.limit) for number, each in enumerate(self.all) if each.limit.shown][:SHOWN]
        kinds = [limit.kind for _, limit in found]
        self.shown = tuple(_shown(number, limit, alone=kinds.count(limit.kind) == 1) for number, limit in found)
        self.policy = b"ratelimit-policy", ", ".join([limit.policy for _, limit in found]).encode()
        self.line = b", ".join(limit.named.replace("%", "%%").encode() + b";r=%b%b" for _, limit in found)
        self.forms: dict[str, Form] = {}
        self.gauged = tuple(self._gauged())
        self.used = _picked(tuple(each.amount for each in self.all))
        self._ready = tuple(each.claim for each in self.all)
        self._asked: tuple[Asked, ...] = tuple(
            (at, each.counter, each.limit.shape, each.amount) for at, each in enumerate(self.all) if not each.claim
        )

    def claims(self, amounts: Amounts) -> tuple[Claim, ...]:
        """Of a plain choice: for these amounts, one of each kind."""
        claims: list[Any] = [*self._ready]
        for number, counter, shape, at in self._asked:
            claims[number] = Claim(counter, shape, amounts[at])
        return tuple(claims)

    def _gauged(self) -> Iterator[tuple[int, str, int]]:
        for at in self.money:
            limit = self.all[at].limit
            if limit.by == limit.place[0]:
                yield at, limit.label, limit.shape.max


def _picked(places: tuple[int, ...]) -> Callable[[Amounts], Sequence[int]]:
    if len(places) > 1:
        return itemgetter(*places)
    return lambda amounts: [amounts[at] for at in places]


def _is_plain(applied: Applied) -> bool:
    limit = applied.limit
    ready = applied.claim is not None or (applied.counter and limit.calendar is None and not limit.shadow)
    return bool(ready and not applied.provider)
