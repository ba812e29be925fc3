"""How many connections there may be, in all and from one address."""

from collections import Counter
from ipaddress import IPv6Address, ip_address

from lockgate.edge.options import EdgeOptions


class Connections:
    """The count of open connections. `enter` says whether one more may come in; each that did must `leave`."""

    __slots__ = ("_by_origin", "_options", "total")

    def __init__(self, options: EdgeOptions) -> None:
        self._options = options
        self._by_origin: Counter[str] = Counter()
        self.total = 0

    def enter(self, address: str) -> bool:
        origin, loopback = _origin(address)
        cap = self._options.loopback_cap if loopback else self._options.per_address
        if self.full or self._by_origin[origin] >= cap:
            return False
        self._by_origin[origin] += 1
        self.total += 1
        return True

    @property
    def full(self) -> bool:
        return self.total >= self._options.max_connections

    def leave(self, address: str) -> None:
        origin, _ = _origin(address)
        self.total -= 1
        self._by_origin[origin] -= 1
        if self._by_origin[origin] <= 0:  # a Counter keeps zeros: one entry for each address that ever came
            del self._by_origin[origin]


def _origin(address: str) -> tuple[str, bool]:
    """Who counts as one client, and whether it is this machine.

    An IPv6 customer has at least a /64, so the network counts, not the address. What is no address (a Unix socket)
    is this machine.
    """
    try:
        ip = ip_address(address)
    except ValueError:
        return "local", True
    if isinstance(ip, IPv6Address):
        if ip.ipv4_mapped is None:
            return (str(ip), True) if ip.is_loopback else (ip.packed[:8].hex(), False)
        ip = ip.ipv4_mapped
    return ("loopback", True) if ip.is_loopback else (str(ip), False)
