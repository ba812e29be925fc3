"""Where the text is: every string of a request or an answer, but for the words of the protocol itself."""

import re
from collections.abc import Iterator

from lockgate.core.body import Path, Tree
from lockgate.core.dialect import Place, Slot
from lockgate.core.slots import apart, walk

_BASE64 = re.compile(r"[A-Za-z0-9+/\r\n]+=*\s*")
_PLACES: dict[str | int, Place] = {
    "prompt": "user",
    "suffix": "user",
    "system": "system",
    "template": "system",
    "response": "assistant",
    "thinking": "thinking",
}
_WORDS = frozenset(("model", "created_at", "done_reason"))
_APART = frozenset(("logprobs",))
"""They say a text again, token by token."""


def slots(tree: Tree) -> Iterator[Slot]:
    """Never raises, whatever the tree is. Left out are words, and base64 where an image is."""
    for slot in walk(tree, _place):
        if slot.path[:-1] != ("images",) or _BASE64.fullmatch(slot.text) is None:
            yield slot


def joined(tree: Tree) -> Iterator[Slot]:
    return apart(slots(tree), _APART)


def _place(path: Path) -> Place | None:
    if len(path) > 1:
        return "opaque"
    return None if path[0] in _WORDS else _PLACES.get(path[0], "opaque")
