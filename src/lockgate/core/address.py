"""Addresses in the configuration: where to listen, and where a provider is."""

import ipaddress
import re
from urllib.parse import urlsplit

from msgspec import Struct

from lockgate.core.http import Origin

_LABEL = re.compile(r"(?!-)[A-Za-z0-9_-]{1,63}(?<!-)")
_URL = re.compile(r"[!-~]{1,2048}")
_METADATA = frozenset(
    (
        "metadata",
        "metadata.google.internal",
        "metadata.goog",
        "instance-data",
        "instance-data.ec2.internal",
        "169.254.169.254",
        "100.100.100.200",
        "192.0.0.192",
        "fd00:ec2::254",
        "168.63.129.16",
    )
)
"""Where clouds tell a machine its own credentials: names and addresses, of which some look like any other."""

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address


class Listen(Struct, frozen=True):
    """A host and a port to listen on; port 0 is any free one."""

    host: str
    port: int

    @property
    def loopback(self) -> bool:
        """Only this machine can reach it."""
        address = _literal(self.host)
        return address.is_loopback if address else self.host == "localhost"

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def one_client(address: str) -> str:
    """Who counts as one client: of IPv6 the network, for whoever has an address there has 2**64 of them. An IPv4 address
    inside of IPv6 is one, and loopback is itself.
    """
    ip = _literal(address)
    if not isinstance(ip, ipaddress.IPv6Address) or ip.is_loopback:
        return address
    return str(ip.ipv4_mapped or ipaddress.IPv6Address(ip.packed[:8] + bytes(8)))


def listen(text: str) -> Listen:
    """HOST:PORT, an IPv6 host in brackets. `ValueError` says what is expected."""
    host, colon, port = text.rpartition(":")
    if not colon or not re.fullmatch(r"[0-9]{1,5}", port) or int(port) > 65535:
        raise ValueError("HOST:PORT, as in 127.0.0.1:8080")
    if host.startswith("[") and host.endswith("]"):
        host = host[1:-1]
        if not isinstance(_literal(host), ipaddress.IPv6Address):
            raise ValueError("an IPv6 address in the brackets, as in [::1]:8080")
    elif ":" in host or not (_literal(host) or _name(host)):
        raise ValueError("an address or a name before the port, as in 127.0.0.1:8080 or [::1]:8080")
    return Listen(host, int(port))


def upstream(url: str, *, allow_private: bool = False) -> tuple[Origin, str]:
    """A provider's origin, and the path in front of its own paths (no slash at the end). `ValueError` as advice.

    What no configuration may allow is refused here already: link-local and metadata addresses. The transport looks again
    when it connects, for a name may mean anything.
    """
    if not _URL.fullmatch(url):
        raise ValueError("a URL of visible ASCII characters")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise ValueError("a URL with a host and a port, as in https://host:8443/v1") from None
    if parts.scheme not in ("http", "https") or not host or port == 0:
        raise ValueError("http://HOST or https://HOST, with a port and a path if there are any")
    if parts.username is not None or "?" in url or "#" in url or "\\" in url:
        raise ValueError("a URL without a user, a query or a fragment; a credential has a setting of its own")
    address = _literal(host)
    if address is None and not _name(host):
        raise ValueError("an IP address written in full, or a host's name")
    if forbidden(host):
        raise ValueError("an address of a provider; link-local and metadata addresses are never called")
    port = port or (443 if parts.scheme == "https" else 80)
    return Origin(parts.scheme, host, port, address is not None, allow_private), parts.path.rstrip("/")


def forbidden(host: str) -> bool:
    """Never an upstream, whoever wishes it: link-local, metadata, unspecified, multicast; in IPv6's clothes too."""
    address = _literal(host)
    if address is None:
        return host.rstrip(".").lower() in _METADATA
    return any(
        each.is_link_local or each.is_multicast or each.is_unspecified or str(each) in _METADATA
        for each in _meant(address)
    )


def _meant(address: IPAddress) -> tuple[IPAddress, ...]:
    """The address, and the IPv4 address inside of it (mapped, NAT64, 6to4)."""
    if isinstance(address, ipaddress.IPv4Address):
        return (address,)
    inner = [address.ipv4_mapped, address.sixtofour]
    if address in ipaddress.IPv6Network("64:ff9b::/96"):
        inner.append(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    return (address, *(each for each in inner if each))


def _literal(host: str) -> IPAddress | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _name(host: str) -> bool:
    """A host's name. One that ends in a number is an address in a disguise (`127.1`, `2130706433`, `0x7f.1`)."""
    labels = host.removesuffix(".").split(".")
    disguised = re.fullmatch(r"[0-9]+|0[xX][0-9a-fA-F]*", labels[-1])
    return len(host) <= 253 and not disguised and all(_LABEL.fullmatch(label) for label in labels)
