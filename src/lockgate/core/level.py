"""One level's policy made ready: names, networks and hours that answer yes or no without looking anything up."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, tzinfo
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from lockgate.core.access import DAYS, LISTS, Access, Hours
from lockgate.core.names import Names

Net = IPv4Network | IPv6Network
Zones = Callable[[str], tzinfo]
"""The time zone of a name. `ValueError` for one that is not known."""


@dataclass(frozen=True, slots=True)
class Window:
    """`Hours`, in minutes of the local day. `end` is at most `begin` when it is on the next day."""

    days: frozenset[int]
    begin: int
    end: int
    zone: tzinfo

    def open_at(self, now: float) -> bool:
        local = datetime.fromtimestamp(now, self.zone)
        day, minute = local.weekday(), local.hour * 60 + local.minute
        if self.begin < self.end:
            return day in self.days and self.begin <= minute < self.end
        return (day in self.days and minute >= self.begin) or ((day - 1) % 7 in self.days and minute < self.end)


class Level:
    """Raises `ValueError` for a network or a zone that does not exist, so that a policy is never half in force."""

    __slots__ = ("_allowed", "_denied", "_nets", "_not_nets", "_windows")

    def __init__(self, access: Access, zones: Zones) -> None:
        deny = access.deny
        self._allowed = {name: Names(listed) for name in LISTS if (listed := getattr(access, name)) is not None}
        self._denied = {name: Names(listed) for name in LISTS if (listed := getattr(deny, name))}
        self._nets = None if access.ips is None else tuple(map(network, access.ips))
        self._not_nets = tuple(map(network, deny.ips))
        self._windows = None if access.times is None else tuple(window(hours, zones) for hours in access.times)

    def allows(self, kind: str, name: str) -> bool:
        allowed = self._allowed.get(kind)
        return (allowed is None or name in allowed) and not self.denies(kind, name)

    def denies(self, kind: str, name: str) -> bool:
        denied = self._denied.get(kind)
        return denied is not None and name in denied

    def limits(self, kind: str) -> bool:
        """Whether this level has an opinion on such names."""
        return kind in self._allowed or kind in self._denied

    @property
    def limits_addresses(self) -> bool:
        return self._nets is not None or bool(self._not_nets)

    @property
    def limits_times(self) -> bool:
        return self._windows is not None

    def admits(self, address: str) -> bool:
        """Whether a client may come from there. What is no address is on no list."""
        if self._nets is None and not self._not_nets:
            return True
        here = plain(address)
        if here is None:
            return self._nets is None
        return (self._nets is None or any(here in net for net in self._nets)) and not any(
            here in net for net in self._not_nets
        )

    def open_at(self, now: float) -> bool:
        return self._windows is None or any(each.open_at(now) for each in self._windows)


def network(text: str) -> Net:
    """An address alone is a network of one. Bits behind the prefix are a mistake: somebody meant another network.

    An IPv4 network inside of IPv6 is the IPv4 network, as `plain` has addresses.
    """
    net = ip_network(text)
    if isinstance(net, IPv6Network) and net.prefixlen >= 96 and (inner := net.network_address.ipv4_mapped) is not None:
        return IPv4Network((inner, net.prefixlen - 96))
    return net


def plain(address: str) -> object | None:
    """An address to compare: an IPv4 address that came over IPv6 is an IPv4 address. None for what is none."""
    try:
        here = ip_address(address)
    except ValueError:
        return None
    if isinstance(here, IPv6Address) and here.ipv4_mapped is not None:
        return here.ipv4_mapped
    return here


def window(hours: Hours, zones: Zones) -> Window:
    begin, end = (_minutes(part) for part in hours.hours.split("-"))
    return Window(frozenset(map(DAYS.index, hours.days)), begin, end, zones(hours.zone))


def _minutes(text: str) -> int:
    hour, minute = text.split(":")
    return int(hour) * 60 + int(minute)
