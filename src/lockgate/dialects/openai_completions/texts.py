"""Where the text is: every string of a request or an answer, but for the words of the protocol itself."""

from collections.abc import Iterator

from lockgate.core.body import Path, Tree
from lockgate.core.dialect import Place, Slot
from lockgate.core.slots import apart, walk

_WORDS = frozenset((("model",), ("object",), ("id",), ("service_tier",), ("system_fingerprint",)))
_APART = frozenset(("logprobs",))
"""They say a text again, token by token."""


def slots(tree: Tree) -> Iterator[Slot]:
    """Never raises, whatever the tree is."""
    return walk(tree, _place)


def joined(tree: Tree) -> Iterator[Slot]:
    return apart(slots(tree), _APART)


def _place(path: Path) -> Place | None:
    if path[0] == "prompt" or path == ("suffix",):
        return "user"
    if path[0] == "choices" and len(path) == 3 and isinstance(path[1], int):
        if path[2] == "finish_reason":
            return None
        return "assistant" if path[2] == "text" else "opaque"
    return None if path in _WORDS else "opaque"
