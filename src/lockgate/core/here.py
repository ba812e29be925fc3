"""Does a request come from this machine, and not from a page of somebody else's in a browser on it?"""

from ipaddress import ip_address

from lockgate.core.http import Headers, header

NAMES = frozenset(["localhost", "ip6-localhost"])


def from_here(headers: Headers) -> bool:
    """A page reaches loopback, too, also under a name of its own (DNS rebinding): its host or its origin is another one."""
    origin = header(headers, b"origin")
    if origin is None and header(headers, b"sec-fetch-site") == b"cross-site":
        return False  # what a page shows or runs comes without its origin
    local = names_this_machine(header(headers, b"host") or b"")
    return local and (origin is None or names_this_machine(origin.partition(b"//")[2]))


def names_this_machine(host: bytes) -> bool:
    """A host, with a port or without."""
    text = host.decode("latin-1").lower()
    name = text[1:].partition("]")[0] if text.startswith("[") else text.partition(":")[0]
    return name in NAMES or loopback(name)


def loopback(address: str) -> bool:
    try:
        ip = ip_address(address)
    except ValueError:
        return False
    return (getattr(ip, "ipv4_mapped", None) or ip).is_loopback
