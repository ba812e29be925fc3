"""An object of a request, under either spelling that proto3 JSON allows; what nobody took is a named loss."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from lockgate.core.problem import Kind, Problem


class Fields:
    """The fields of one object. Take what is known; `close` names the others. `where` is its path, for messages."""

    __slots__ = ("_left", "_unsaid", "where")

    def __init__(self, tree: object, where: str, unsaid: list[str]) -> None:
        if not isinstance(tree, dict):
            raise wrong(where, "an object")
        self._left = {key: value for key, value in tree.items() if value is not None}
        self._unsaid = unsaid
        self.where = where

    def at(self, name: str) -> str:
        return f"{self.where}.{name}" if self.where else name

    def take(self, name: str) -> Any:
        value = self._left.pop(name, None)
        other = _snake(name)
        if other not in self._left or other == name:
            return value
        if value is not None:
            raise Problem(Kind.INVALID, f"{self.at(name)} is given twice, in two spellings", where=self.at(name))
        return self._left.pop(other)

    def text(self, name: str) -> str:
        value = self.take(name)
        if value is not None and not isinstance(value, str):
            raise wrong(self.at(name), "a string")
        return value or ""

    def flag(self, name: str) -> bool | None:
        value = self.take(name)
        if value is not None and not isinstance(value, bool):
            raise wrong(self.at(name), "true or false")
        return value

    def number(self, name: str) -> float | None:
        value = self.take(name)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise wrong(self.at(name), "a number")
        return value

    def integer(self, name: str) -> int | None:
        """Proto3 JSON also takes whole numbers as strings, and with a fraction of zero."""
        value = self.take(name)
        if value is None or (isinstance(value, int) and not isinstance(value, bool)):
            return value
        if isinstance(value, float) and value.is_integer():
            return int(value)
        if isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,18}", value):
            return int(value)
        raise wrong(self.at(name), "a whole number")

    def strings(self, name: str) -> tuple[str, ...]:
        values = [value for _, value in self.items(name)]
        if not all(isinstance(value, str) for value in values):
            raise wrong(self.at(name), "a list of strings")
        return tuple(values)

    def items(self, name: str) -> list[tuple[str, Any]]:
        """A list's items with their paths. Google's servers take a single item for a list of one, and so do we."""
        value = self.take(name)
        if value is None:
            return []
        path = self.at(name)
        return [(f"{path}.{i}", item) for i, item in enumerate(value if isinstance(value, list) else [value])]

    def child(self, name: str) -> "Fields | None":
        value = self.take(name)
        return None if value is None else Fields(value, self.at(name), self._unsaid)

    def children(self, name: str) -> Iterator["Fields"]:
        for path, item in self.items(name):
            yield Fields(item, path, self._unsaid)

    def lose(self, name: str) -> None:
        self._unsaid.append(self.at(name))

    def close(self) -> None:
        """Names what is left. Only keys are named, never what they hold."""
        self._unsaid.extend(self.at(key[:64]) for key in self._left)
        self._left = {}


def wrong(where: str, expected: str) -> Problem:
    return Problem(Kind.INVALID, f"{where or 'the body'} must be {expected}", where=where)


@cache
def _snake(name: str) -> str:
    return re.sub(r"[A-Z]", lambda hit: "_" + hit.group().lower(), name)
