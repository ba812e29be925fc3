"""What of a dialect is about things that its provider keeps under ids beside answers: files, containers, caches, sounds.

For dialects that do not say more of it, as `holding` does.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import msgspec
from msgspec import Struct

from lockgate.core.body import Tree
from lockgate.core.holding import Plain


class Named(Struct, frozen=True, gc=False):
    """What a first look at a request said. `names`: it may name something that is kept. `makes`: its answer may have ids of such."""

    names: bool = False
    makes: bool = False


NOTHING = Named()
Value = str | int | float | bool | None
"""What has nothing in it."""


class Shape(Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """Fields that name nothing: a `Value`, another shape, or `Any` for a document of the client's own. There are no others."""


class Marker(Shape, frozen=True):
    """Of a cache."""

    type: Value = None
    ttl: Value = None
    scope: Value = None


def fits(tree: object, shape: type[Shape | list[Any]]) -> bool:
    """It names nothing, and has no field that nobody here knows."""
    try:
        msgspec.convert(tree, shape)
    except msgspec.ValidationError:
        return False
    return True


Opened = Callable[[Tree, Plain], tuple[Tree, tuple[str, ...]]]


def anything(opened: Opened, tree: Tree) -> bool:
    """Whether it names something, the caller's own or not."""
    found = list[str]()

    def noted(id_: str) -> str:
        found.append(id_)
        return id_

    opened(tree, noted)
    return bool(found)


@dataclass(frozen=True, slots=True)
class Naming:
    """Where its requests name what is kept, and where its answers have ids of it."""

    look: Callable[[dict[str, Any]], Named]
    """Quick, and on the side of caution: what is not known to name nothing may name something. The tree is not changed or kept."""
    opened: Opened
    """A request with the account's own ids, and what was left out of it. Raises the `Problem` of the first one that may not be named."""
    marked: Callable[[bytes, Callable[[str], str]], bytes] | None = None
    """A whole answer, or the JSON of a frame, with its ids marked, and as it was where there are none. Never raises. None where
    answers have none.
    """
