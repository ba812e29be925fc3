"""Keys that Lockgate makes are known by their shape: of those in the store there are only digests."""

import re

from lockgate.core import key_format

MARKS = (b"lg-", b"lgadmin-")
BEGINNINGS = (b"lg-", b"lga")
CLIENT, ADMIN = "a client key", "an administrator's secret"

_KEY = re.compile(rb"(lgadmin-|lg-)[0-9A-Za-z]{49}")
_MOST = re.compile(rb"(lgadmin-|lg-)[0-9A-Za-z]{32}")
"""In a text that comes in pieces the checksum would come too late."""
_BEGUN = re.compile(rb"(lg-[0-9A-Za-z]{1,31}|lga(d(m(i(n(-[0-9A-Za-z]{0,31})?)?)?)?)?)\Z")


def key(data: bytes) -> str:
    """What kind of key of ours the data holds, checksum and all; empty for none."""
    for match in _KEY.finditer(data):
        if key_format.valid(match[0].decode(), match[1].decode()):
            return _kind(match[1])
    return ""


def most_of_a_key(text: bytes) -> str:
    match = _MOST.search(text)
    return _kind(match[1]) if match else ""


def begun(text: bytes) -> int:
    """Where a key begins that may not be over yet; -1 for none."""
    match = _BEGUN.search(text)
    return match.start() if match else -1


def _kind(mark: bytes) -> str:
    return ADMIN if mark == MARKS[1] else CLIENT
