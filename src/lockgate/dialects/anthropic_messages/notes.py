"""What could not be carried over, by name: bounded, and safe to put into a header or a log line."""

import re

_UNSAFE = re.compile(r"[^\x20-\x7e]+|[,;\"\\]+")
LIMIT = 64
"""Names kept. The keys that we name are the sender's: there may be any number of them, of any length."""
_MORE = "more"


class Notes:
    """Collects names, each once, in the order they came, in a list that others may hold."""

    __slots__ = ("listed",)

    def __init__(self) -> None:
        self.listed: list[str] = []

    def add(self, name: str) -> None:
        safe = _UNSAFE.sub("?", name[:120]) if len(self.listed) < LIMIT else _MORE
        if safe not in self.listed:
            self.listed.append(safe)

    def names(self) -> tuple[str, ...]:
        return tuple(self.listed)
