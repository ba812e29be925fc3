"""Does an address carry data? Its query, its path, its fragment and the names below its domain could."""

import re
from collections.abc import Iterator
from urllib.parse import unquote

from lockgate.patterns.encoding import decoded

_PARTS = re.compile(
    r"(?:[A-Za-z][A-Za-z0-9+.-]{0,30}:)?[/\\]{0,8}([^/\\?#]*)([^?#]*)(?:\?([^#]*))?(?:#(.*))?", re.DOTALL
)
_WORDS = re.compile(r"[A-Za-z]{1,20}(?:[-_.~+ ,][A-Za-z0-9]{1,20})*").fullmatch
"""What a page is called."""
_CODED = re.compile(r"[A-Z0-9]").search
_VALUES = re.compile(r"[&;]")
NAME = 24
"""Characters of a name below a domain from which it is data: what people read is shorter."""
CODED = 12
"""Characters from which a part may say something else than it seems to."""
SAID = 6
"""And so many it then has to say."""


def carries(address: str, most: int) -> bool:
    """`most`: characters of a part from which it is data."""
    found = _PARTS.match(address)
    assert found is not None
    authority, path, query, fragment = found[1], found[2], found[3] or "", found[4] or ""
    if "@" in authority or _names(authority, most) or len(query) >= 3 * most:
        return True
    if any(_data(value, most) for value in _values(query)):
        return True
    return any(_data(part, most) and not _WORDS(part) for part in (*path.split("/"), *_values(fragment)))


def _values(query: str) -> Iterator[str]:
    for pair in _VALUES.split(query):
        name, sign, value = pair.partition("=")
        yield unquote((value if sign else name).replace("+", " "))


def _data(part: str, most: int) -> bool:
    """So long that it is no name, or somebody's address, or something else when it is decoded."""
    return len(part) >= most or "@" in part[1:-1] or _says(part)


def _names(authority: str, most: int) -> bool:
    """Names are looked up before anything is asked for: they carry data even where nobody answers."""
    below = authority.split(":", maxsplit=1)[0].split(".")[:-2]
    return sum(map(len, below)) >= max(most, 2 * NAME) or any(len(name) >= NAME or _says(name) for name in below)


def _says(part: str) -> bool:
    return len(part) >= CODED and bool(_CODED(part)) and len(decoded(part)) >= SAID
