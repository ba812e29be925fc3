"""What several policies leave of addresses and hours when all of them have to allow: whether there is anything at all."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, time, timedelta
from ipaddress import IPv4Network, IPv6Network, collapse_addresses

from lockgate.app.zone import zone
from lockgate.core.access import Access
from lockgate.core.level import Net, Window, network, window

_EVERYWHERE: tuple[Net, ...] = (IPv4Network("0.0.0.0/0"), IPv6Network("::/0"))
_SEASONS = 4
"""Weeks of a year that are looked at: clocks are put forward and back, and not everywhere on the same day."""


def open_place(accesses: Sequence[Access]) -> bool:
    """Whether there is an address that all of them admit.

    Networks lie within each other or apart: what is common to all lists is made of those that lie within one of each.
    """
    lists = [_EVERYWHERE, *(tuple(map(network, each.ips)) for each in accesses if each.ips is not None)]
    common = [net for nets in lists for net in nets if all(_within(net, others) for others in lists)]
    denied = [network(text) for each in accesses for text in each.deny.ips]
    shut: list[Net] = list(collapse_addresses([net for net in denied if isinstance(net, IPv4Network)]))
    shut += collapse_addresses([net for net in denied if isinstance(net, IPv6Network)])  # two halves are the whole
    return any(not _within(net, shut) for net in common)


def open_time(accesses: Sequence[Access], now: float) -> bool:
    """Whether there is a minute in the year from now that all of them allow: if there is, then one at which a window begins."""
    windows = [
        tuple(window(hours, zone) for hours in each.times) for each in dict.fromkeys(accesses) if each.times is not None
    ]
    begins = {begin for each in windows for one in each for begin in _begins(one, now)}
    return not windows or any(all(any(one.open_at(at) for one in each) for each in windows) for at in begins)


def _begins(one: Window, now: float) -> Iterator[float]:
    at = time(one.begin // 60, one.begin % 60)
    for season in range(_SEASONS):
        first = datetime.fromtimestamp(now, UTC).date() + timedelta(days=365 * season // _SEASONS)
        for day in (first + timedelta(days=number) for number in range(7)):
            if day.weekday() in one.days:
                yield datetime.combine(day, at, one.zone).timestamp()


def _within(net: Net, others: Sequence[Net]) -> bool:
    if isinstance(net, IPv4Network):
        return any(net.subnet_of(other) for other in others if isinstance(other, IPv4Network))
    return any(net.subnet_of(other) for other in others if isinstance(other, IPv6Network))
