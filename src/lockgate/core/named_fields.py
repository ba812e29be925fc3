"""Finds what a request names of what its provider keeps.

By one rule: whatever is called an id, known here or not, names something that is kept, and has to be the caller's own or shared; but for
what a dialect is known to call an id that names nothing there, and for what is the client's own document.
"""

import re
from dataclasses import dataclass
from typing import Any

from lockgate.core.body import Tree
from lockgate.core.holding import Plain
from lockgate.core.problem import Kind, Problem
from lockgate.core.public_address import public
from lockgate.core.remembered import Remembered
from lockgate.core.steps import WORDS, Steps

_ID = re.compile(r"(?i:(?:.*[_-])?(?:id|uuid)s?)|.*[a-z0-9](?:I[dD]|U[uU][iI][dD])s?", re.DOTALL)
_IDS = frozenset(("id", "ids"))


STRANGE = (
    "names something that an upstream keeps, and nothing that this key got from an upstream of this model;"
    " whoever runs the gateway can share it with all callers (held.shared)"
)
NAME, ADDRESS = 100, 20
"""What it takes to read one, in steps: a mark is read for each account that may have given it, and once more when that is asked."""
LONG = 64
"""Letters: no name of a field that means something is longer, and longer ones are not remembered."""

Where = tuple[Any, str | int] | None
"""A step, and what is before it: put into words where something is refused, and not before."""


def folded(key: str) -> str:
    """However it is spelled: `fileUri`, `file_uri`."""
    return key.replace("_", "").replace("-", "").casefold()


def _spelled(key: str) -> tuple[str, bool]:
    """Folded, and whether it is called an id."""
    return folded(key), _ID.fullmatch(key) is not None


_known = Remembered(_spelled)


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedFields:
    """Names of fields, folded."""

    free: frozenset[str] = frozenset()
    """Called ids, and naming nothing that is kept."""
    also: frozenset[str] = frozenset()
    """Not called so, and naming something all the same."""
    whole: frozenset[str] = frozenset()
    """What is in them is about things that are kept, whatever it says. Who lets callers have that shares the field's name."""
    own: frozenset[str] = frozenset()
    """What is below them is a document of the client's own."""
    below: frozenset[str] = frozenset()
    """A field `id` of what stands in them names something. Elsewhere it is what a call, a turn or a tool is called in the request itself."""
    addresses: frozenset[str] = frozenset()
    """Addresses, of which some name what is kept."""
    builtin: frozenset[tuple[str, str]] = frozenset()
    """Fields that name something everybody has, where the `type` beside them is this."""
    dispensable: frozenset[str] = frozenset()
    """They name something that no answer depends on: null where it may not be named, and told."""

    def opened(self, tree: Tree, plain: Plain) -> tuple[Tree, tuple[str, ...]]:
        """The same with the account's own ids, and what was left out. Raises the `Problem` of the first one that may not be named."""
        reader = _Reader(self, plain)
        found = reader.below(tree, "", None)
        assert isinstance(found, dict)
        return found, tuple(dict.fromkeys(reader.lost))


class _Reader:
    __slots__ = ("_names", "_plain", "_steps", "lost")

    def __init__(self, names: NamedFields, plain: Plain) -> None:
        self._names, self._plain, self._steps = names, plain, Steps()
        self.lost: list[str] = []

    def below(self, node: Any, parent: str, where: Where) -> Any:
        if isinstance(node, dict):
            self._steps.take(1 + len(node))
            return {key: self._field(key, value, node, parent, (where, key)) for key, value in node.items()}
        if isinstance(node, list):
            self._steps.take(1 + len(node) // WORDS)
            return [
                self.below(each, parent, (where, i)) if isinstance(each, dict | list) else each
                for i, each in enumerate(node)
            ]
        return node

    def _field(self, key: str, value: Any, node: dict[str, Any], parent: str, where: Where) -> Any:
        fold, called = _known[key] if len(key) <= LONG else _spelled(key)
        names = self._names
        if fold in names.own or value is None or isinstance(value, bool):
            return value
        if fold in names.whole:
            if self._plain(key) is None:
                raise _refused(where)
            return value
        if fold in names.dispensable and isinstance(value, str):
            return self._dispensable(value, key)
        if fold in names.addresses and isinstance(value, str | list):
            return self._addressed(value, fold, where)
        if fold in names.also or (called and fold not in names.free and self._is_name(key, fold, node, parent)):
            return self._each(value, fold, where)
        return self.below(value, fold, where)

    def _dispensable(self, id_: str, key: str) -> str | None:
        self._steps.take(NAME)
        found = self._plain(id_)
        if found is None:
            self.lost.append(key)
        return found

    def _is_name(self, key: str, fold: str, node: dict[str, Any], parent: str) -> bool:
        """Of what is called an id."""
        if (bare := key.casefold()) in _IDS:
            return bare == "ids" or parent in self._names.below
        kind = node.get("type")
        return not (isinstance(kind, str) and (fold, kind) in self._names.builtin)

    def _addressed(self, value: Any, fold: str, where: Where) -> Any:
        if isinstance(value, str):
            self._steps.take(ADDRESS)
            return value if not value or public(value) else self._named(value, where)
        if isinstance(value, list):
            self._steps.take(len(value))
            return [self._addressed(each, fold, (where, i)) for i, each in enumerate(value)]
        return self.below(value, fold, where)

    def _each(self, value: Any, fold: str, where: Where) -> Any:
        """All of a list; an object has fields of its own."""
        if isinstance(value, str):
            return self._named(value, where) if value else value
        if isinstance(value, list):
            self._steps.take(len(value))
            return [self._each(each, fold, (where, i)) for i, each in enumerate(value)]
        if isinstance(value, dict):
            return self.below(value, fold, where)
        if value is not None and not isinstance(value, bool):
            self._named(str(value), where)
        return value

    def _named(self, id_: str, where: Where) -> str:
        self._steps.take(NAME)
        found = self._plain(id_)
        if found is None:
            raise _refused(where)
        return found


def _refused(where: Where) -> Problem:
    steps = list[str]()
    while where is not None:
        where, step = where
        steps.append(str(step))
    place = ".".join(reversed(steps))
    return Problem(Kind.INVALID, f"{place} {STRANGE}", where=place)
