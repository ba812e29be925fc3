"""Where the text is: every string of a request, and of an answer all that is around its vectors."""

from collections.abc import Iterator

from lockgate.core.body import Path, Tree
from lockgate.core.dialect import Place, Slot
from lockgate.core.slots import walk

_WORDS = frozenset((("model",), ("object",), ("encoding_format",), ("data", "*", "object")))
"""Words of the protocol: by their whole path, with * for an index. Nothing else is left out."""


def slots(tree: Tree) -> Iterator[Slot]:
    """Never raises."""
    return walk(tree, _place)


def _place(path: Path) -> Place | None:
    if path[0] == "input":
        return "user"
    return None if tuple("*" if isinstance(part, int) else part for part in path) in _WORDS else "opaque"
