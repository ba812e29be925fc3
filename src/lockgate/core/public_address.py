"""Whether an address means the same to everybody. To a provider some are names of what it keeps, read with our credential: files of its own,
buckets. What cannot be told apart surely is no public address.
"""

import re
import unicodedata
from urllib.parse import unquote, urlsplit

_SCHEMES = ("https://", "http://")
_GOOGLES = ("googleapis.com",)
_OPEN = re.compile(r"(?:.*\.)?(?:storage|firebasestorage|commondatastorage)\.googleapis\.com|maps\.googleapis\.com")
"""Google's hosts for what lies in the open, or is signed for whoever has the address."""
_FILES = re.compile(r"/v\d\w*/files(?:/|$)")
_STRANGE = re.compile(r"[\x00-\x1f\\]|^[^/]*//[^/?#]* ")
"""What one reader drops and another one does not. A blank in a path is neither the host's nor the end."""
LONGEST_ID = 1024


def public(address: str) -> bool:
    """Also data in the place of an address: no id is that long, and `data:` says it."""
    if address[:5].casefold() == "data:":
        return True
    if address[:8].casefold().startswith(_SCHEMES):
        return _open(address)
    return len(address) > LONGEST_ID and ":" not in address[:16]


def _open(address: str) -> bool:
    if _STRANGE.search(address):
        return False
    try:
        parts = urlsplit(address)
        host = unicodedata.normalize("NFKC", unquote(parts.hostname or "")).rstrip(".").casefold()
    except ValueError:
        return False
    if not host or "@" in parts.netloc:
        return False
    if host.endswith(_GOOGLES) and not _OPEN.fullmatch(host):
        return False
    return not _FILES.search(unquote(parts.path).casefold())
