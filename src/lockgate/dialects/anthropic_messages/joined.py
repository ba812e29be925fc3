"""What of a frame goes on in others: texts of blocks, and all that is of a kind to come."""

from collections.abc import Iterator

from lockgate.core.body import Path, Tree
from lockgate.core.dialect import Place, Slot
from lockgate.core.slots import walk

_ALONE = frozenset(("message_start", "content_block_stop", "message_stop", "error", "ping"))
_STARTS = "content_block_start"
_PLACES: dict[Path, Place] = {
    ("delta", "text"): "assistant",
    ("delta", "thinking"): "thinking",
    ("delta", "partial_json"): "tool_arguments",
    ("delta", "stop_details", "explanation"): "assistant",
}
_STARTED: dict[Path, Place] = {("content_block", "text"): "assistant", ("content_block", "thinking"): "thinking"}


def joined(tree: Tree) -> Iterator[Slot]:
    kind = tree.get("type")
    if kind in _ALONE:
        return iter(())
    return walk(tree, _STARTED.get if kind == _STARTS else _place)


def _place(path: Path) -> Place | None:
    return None if path[-1] == "type" else _PLACES.get(path, "opaque")
