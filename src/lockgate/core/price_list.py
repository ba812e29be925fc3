"""Where prices are listed, and what they are at a moment: lists change with the date, some with the hour."""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from msgspec import Struct

from lockgate.core.price import Price, Unpriced

DAY = 86_400


class Era(Struct, frozen=True):
    """Prices from a moment on, in seconds since 1970; within a day (UTC), each from its second of the day on."""

    since: int
    daily: tuple[tuple[int, Price], ...]


class Quotes(Struct, frozen=True):
    """What is known of a model's price: eras, the earliest first, or the reason why there are none."""

    eras: tuple[Era, ...] = ()
    reason: str = ""

    def at(self, now: float) -> Price | Unpriced:
        """A moment before the first era has the first one's prices."""
        eras = self.eras
        if len(eras) == 1:
            daily = eras[0].daily
        elif eras:
            daily = eras[max(0, bisect_right(eras, now, key=_since) - 1)].daily
        else:
            return Unpriced(self.reason)
        if len(daily) == 1:
            return daily[0][1]
        return daily[max(0, bisect_right(daily, now % DAY, key=_second) - 1)][1]


UNKNOWN = Quotes(reason="no price is known for this model")


def always(price: Price) -> Quotes:
    """A price that does not change."""
    return Quotes((Era(0, ((0, price),)),))


def _since(era: Era) -> int:
    return era.since


def _second(entry: tuple[int, Price]) -> int:
    return entry[0]


class PriceListError(Exception):
    """The list cannot be read. The text says what and why."""


Wanted = tuple[str, str]
"""The name that a list has for a provider, and the model's name there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceList:
    """Somebody's list of prices. It comes with an installed package: nothing is ever fetched.

    `prepare` makes the list readable in a folder of ours, which may take a second, once a version of the package;
    `look_up` is quick. Both raise `PriceListError`.
    """

    name: str
    prepare: Callable[[Path], None]
    look_up: Callable[[Path, Iterable[Wanted]], Mapping[Wanted, Quotes]]
