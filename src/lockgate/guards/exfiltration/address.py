"""Whose an address is, as a browser reads it: not as it looks."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from urllib.parse import unquote

_IGNORED = re.compile(r"[\t\r\n\x00-\x20]")
_AUTHORITY = re.compile(
    r"(?:(?:https?|wss?|ftp):[/\\]{0,8}|[A-Za-z][A-Za-z0-9+.-]{0,30}:[/\\]{1,8}|[/\\]{2,8})([^/\\?#]*)", re.IGNORECASE
)
_PORT = re.compile(r":\d*\Z")


def host_of(address: str) -> str:
    """In small letters; empty for an address that stays where it is. What stands before `@` is a name, not a host."""
    found = _AUTHORITY.match(_IGNORED.sub("", address))
    if found is None:
        return ""
    host = unicodedata.normalize("NFKC", unquote(found[1].rpartition("@")[2])).lower()
    return _PORT.sub("", host).rstrip(".") or "?"


def has_host(address: str) -> bool:
    """Whether the host is there, and at its end."""
    found = _AUTHORITY.match(address)
    return found is not None and found.end() < len(address)


def known(allow: Sequence[str]) -> Callable[[str], bool]:
    """Whether a host is one of these, or below one of them. An address without a host goes nowhere else."""
    hosts = frozenset(_written(host) for host in allow if not host.startswith("*."))
    domains = tuple(_written(host[1:]) for host in allow if host.startswith("*."))
    return lambda host: not host or host in hosts or (bool(domains) and host.endswith(domains))


def _written(host: str) -> str:
    return host.lower().rstrip(".")
