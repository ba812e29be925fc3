"""Which addresses may be called: S30. A table, and what hides in the addresses that carry another one."""

import enum
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Address = IPv4Address | IPv6Address


class Reach(enum.IntEnum):
    """How far an address reaches: the larger, the less it may be called."""

    PUBLIC = 0
    PRIVATE = 1
    """Called only where the operator means it."""
    NEVER = 2
    """Never called, also where the operator wrote it."""


# IANA special-purpose registries (RFC 6890), as far as nobody calls a model there on purpose.
_NEVER = tuple(
    map(
        ip_network,
        (
            "0.0.0.0/8",  # this network, RFC 791: Linux takes it for loopback
            "169.254.0.0/16",  # link-local, RFC 3927; the metadata services of most clouds
            "224.0.0.0/4",  # multicast, RFC 5771
            "240.0.0.0/4",  # reserved, and broadcast, RFC 1112
            "168.63.129.16/32",  # Azure's wire server
            "100.100.100.200/32",  # Alibaba's metadata
            "192.0.0.192/32",  # Oracle's metadata
            "::/128",  # unspecified
            "fe80::/10",  # link-local, RFC 4291
            "ff00::/8",  # multicast
            "fd00:ec2::/32",  # Amazon's metadata and credentials
            "fd20:ce::254/128",  # Google's metadata
            "fd00:42::42/128",  # Scaleway's metadata
        ),
    )
)
_PRIVATE = tuple(
    map(
        ip_network,
        (
            "10.0.0.0/8",  # RFC 1918
            "100.64.0.0/10",  # shared by carriers, RFC 6598
            "127.0.0.0/8",  # loopback
            "172.16.0.0/12",  # RFC 1918
            "192.0.0.0/24",  # protocol assignments
            "192.0.2.0/24",  # documentation
            "192.88.99.0/24",  # the 6to4 relay of old
            "192.168.0.0/16",  # RFC 1918
            "198.18.0.0/15",  # benchmarks, RFC 2544
            "198.51.100.0/24",  # documentation
            "203.0.113.0/24",  # documentation
            "::1/128",  # loopback
            "100::/64",  # discard, RFC 6666
            "2001::/23",  # protocol assignments, Teredo and ORCHID among them
            "2001:db8::/32",  # documentation
            "3fff::/20",  # documentation
            "5f00::/16",  # segment routing
            "fc00::/7",  # unique local, RFC 4193
            "fec0::/10",  # site-local of old, RFC 3879
        ),
    )
)
_MAPPED = IPv6Network("::ffff:0:0/96")
_NAT64 = IPv6Network("64:ff9b::/96")
_COMPATIBLE = IPv6Network("::/96")
_CARRYING_LAST = (_MAPPED, _NAT64, IPv6Network("::ffff:0:0:0/96"), IPv6Network("64:ff9b:1::/48"))
_TUNNELS = (_COMPATIBLE, *_CARRYING_LAST[2:], IPv6Network("2002::/16"), IPv6Network("2001::/32"))
"""Compatible, translated, local NAT64, 6to4, Teredo: what no public upstream needs."""


def parsed(host: str) -> Address | None:
    """The address that a host is, if it is one as `ipaddress` reads it: `127.1` and `0x7f.1` are none."""
    try:
        return ip_address(host)
    except ValueError:
        return None


def reach(address: Address) -> Reach:
    """How far it reaches; an address that carries another one reaches no farther than that one."""
    if isinstance(address, IPv4Address):
        return _listed(address)
    inner = max((_listed(carried) for carried in _carried(address)), default=Reach.PUBLIC)
    if address in _MAPPED or address in _NAT64:
        return inner
    if _within(address, _TUNNELS):
        return max(inner, Reach.PRIVATE, _listed(address))
    return max(inner, _listed(address))


def may_call(addresses: Iterable[Address], *, private: bool) -> bool:
    """Whether all of them may be called. One that may not spoils the rest: a name is trusted whole or not at all."""
    limit = Reach.PRIVATE if private else Reach.PUBLIC
    return all(reach(address) <= limit for address in addresses)


def _listed(address: Address) -> Reach:
    if _within(address, _NEVER):
        return Reach.NEVER
    if _within(address, _PRIVATE):
        return Reach.PRIVATE
    # What the running Python knows to be special and this table does not: no farther than private.
    return Reach.PUBLIC if address.is_global or address in _NAT64 or address in _MAPPED else Reach.PRIVATE


def _within(address: Address, networks: Iterable[IPv4Network | IPv6Network]) -> bool:
    return any(address.version == network.version and address in network for network in networks)


def _carried(address: IPv6Address) -> Iterable[IPv4Address]:
    """IPv4 addresses inside an IPv6 one."""
    last = IPv4Address(int(address) & 0xFFFFFFFF)
    if _within(address, _CARRYING_LAST) or (address in _COMPATIBLE and int(address) > 0xFFFF):
        yield last
    elif address.sixtofour is not None:
        yield address.sixtofour
    elif address.teredo is not None:
        yield from address.teredo
    if (int(address) >> 32) & 0xFCFFFFFF == 0x5EFE:
        yield last  # ISATAP, RFC 5214
