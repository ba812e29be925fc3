"""Lists of names with `*` in them, held against names in linear time: neither an operator nor a client can make it slow."""

from collections.abc import Iterable, Sequence

LONGEST = 512
"""A longer name is on no list but one with `*` alone: it is somebody's nonsense."""


class Names:
    """A list of names; `*` stands for any run of characters. `name in names` asks whether one of them fits."""

    __slots__ = ("_all", "_exact", "_globs")

    def __init__(self, listed: Iterable[str]) -> None:
        listed = frozenset(listed)
        self._all = "*" in listed
        self._exact = frozenset(name for name in listed if "*" not in name)
        self._globs = tuple(name.split("*") for name in sorted(listed) if "*" in name)

    def __contains__(self, name: str) -> bool:
        if self._all or name in self._exact:
            return True
        return bool(self._globs) and len(name) <= LONGEST and any(fits(name, parts) for parts in self._globs)

    def __bool__(self) -> bool:
        return bool(self._exact or self._globs)

    def covers(self, other: Iterable[str]) -> bool:
        """Whether everything that fits `other` fits here. A `*` is a character that only a `*` matches, so this is safe."""
        return all(name in self for name in other)


def fits(name: str, parts: Sequence[str]) -> bool:
    """`parts` are the pieces of the pattern between its stars. Each is taken at its first place: no way back is needed."""
    first, *middle, last = parts
    if not name.startswith(first):
        return False
    at = len(first)
    for part in middle:
        at = name.find(part, at)
        if at < 0:
            return False
        at += len(part)
    return len(name) - at >= len(last) and name.endswith(last)
