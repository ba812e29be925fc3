"""What of a dialect is about things that its provider keeps under ids beside answers: files, containers, caches, sounds.

For dialects that do not say more of it, as `holding` does.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from msgspec import Struct

from lockgate.core.body import Tree
from lockgate.core.holding import Plain


class Named(Struct, frozen=True, gc=False):
    """What a first look at a request said. `names`: it may name something that is kept. `makes`: its answer may have ids of such."""

    names: bool = False
    makes: bool = False


NOTHING = Named()
_LOOKED = {(each.names, each.makes): each for each in (NOTHING, Named(True), Named(False, True), Named(True, True))}


def named(*, names: bool, makes: bool = False) -> Named:
    return _LOOKED[names, makes]


@dataclass(frozen=True, slots=True)
class Naming:
    """Where its requests name what is kept, and where its answers have ids of it."""

    look: Callable[[dict[str, Any]], Named]
    """Quick, and on the side of caution: what is not known to name nothing may name something. The tree is not changed or kept."""
    opened: Callable[[Tree, Plain], Tree]
    """A request with the account's own ids. Raises the `Problem` of the first one that may not be named."""
    marked: Callable[[bytes, Callable[[str], str]], bytes] | None = None
    """A whole answer, or the JSON of a frame, with its ids marked, and as it was where there are none. Never raises. None where
    answers have none.
    """
