"""The client's own values, back in a whole answer, when every rule has seen it."""

from typing import Any

import msgspec

from lockgate.core.body import Name, Parsed, Path, Tree
from lockgate.core.dialect import Dialect, Slot
from lockgate.core.restoring import Restorer
from lockgate.core.slots import rest
from lockgate.pipeline.decide import filled
from lockgate.pipeline.echoes import ARGUMENTS, without_echoes

SAID = frozenset(("assistant", "tool_arguments", "tool_result"))
"""Where tokens count however they are written. Elsewhere, in citations and signed thinking, only to the letter."""
_tree = msgspec.json.Decoder(dict[str, Any]).decode


def restored(body: bytes, dialect: Dialect, restorer: Restorer) -> bytes:
    """An answer that every rule has seen, with tokens: they are nobody's data."""
    document = Parsed(_tree(body))
    edits: dict[Path, str] = {}
    listed = list(dialect.texts(document.tree))
    for slot in (*listed, *rest(document.tree, {slot.path for slot in listed})):
        if (said := _said(slot, document.tree, restorer)) is not slot.text:
            edits[slot.path] = said
    return Parsed(without_echoes(document.edit(edits).tree)).wire() if edits else body


def _said(slot: Slot, tree: Tree, restorer: Restorer) -> str:
    freely = slot.place in SAID or isinstance(slot.path[-1], Name)
    found = restorer.found(slot.text, exact=not freely)
    called = tool(slot.path, tree) if found else None
    if not found or (called is not None and not restorer.may_go_to(called)):
        return slot.text
    begin, strict = slot.text.lstrip()[:1], slot.place == "tool_arguments"
    json = begin in ("{", "[") if strict else begin == "{" and slot.place == "assistant"
    return filled(slot.text, restorer.holes(slot.text, found, "" if json else None, strict=strict))


def tool(path: Path, tree: Tree) -> str | None:
    """The tool whose arguments the path is in, "" where it has no name; None outside of arguments."""
    node: Any = tree
    for step in path[:-1] if isinstance(path[-1], Name) else path:
        if step in ARGUMENTS and isinstance(node, dict):
            name = node.get("name")
            return name if isinstance(name, str) else ""
        node = node[step]
    return None
