"""The addresses that are still open at a place of a text: what is put there becomes part of them.

How an address ends depends on what it stands in: quotes and angle brackets hold blanks, too, and round brackets do not.
"""

import re
from collections.abc import Iterator

from lockgate.guards.exfiltration import forms

BACK = 1024
"""Characters that are looked back over. Where they are all one word, it may be an address."""
_ORIGINS = re.compile(rf"{forms.SCHEME}:[/\\]{{1,4}}|(?<![^\s(=:,;\"'<>]){forms.SLASHES}", re.IGNORECASE)
_TOKEN = re.compile(r"<[A-Za-z][A-Za-z0-9_]{0,60}>")
"""Another value's place, which ends no address."""
_CLOSES = {'"': '"', "'": "'", "<": ">"}
_ENDS = re.compile(r"[\s\"<>]")


def open_addresses(text: str, at: int) -> Iterator[int]:
    """Where they begin; -1 for one that may begin further ahead than anybody looks."""
    begin = max(0, at - BACK)
    ahead = _TOKEN.sub(lambda token: "x" * len(token[0]), text[begin:at])
    for origin in _ORIGINS.finditer(ahead):
        if not _ended(ahead[: origin.start()], ahead[origin.end() :]):
            yield begin + origin.start()
    if begin and not _ENDS.search(ahead):
        yield -1


def _ended(ahead: str, address: str) -> bool:
    opener = ahead[-1:]
    if opener in _CLOSES:
        return _CLOSES[opener] in address
    return _ENDS.search(address) is not None or (opener == "(" and _closed(address))


def _closed(address: str) -> bool:
    """A bracket closes that was not opened in it."""
    depth = 0
    for char in address:
        depth += (char == "(") - (char == ")")
        if depth < 0:
            return True
    return False
