"""Every string of a JSON tree with its path: what a dialect does not know is opaque to it, and never skipped."""

from collections.abc import Callable, Iterator
from typing import Any

from lockgate.core.body import Path
from lockgate.core.dialect import Place, Slot

Known = Callable[[Path], Place | None]
"""The place of the text at a path, or None for a word of the protocol that no one wrote."""


def walk(tree: Any, known: Known) -> Iterator[Slot]:
    """Depth first, in document order. Iterative: a deep tree is not a deep stack."""
    stack: list[tuple[Path, Any]] = [((), tree)]
    while stack:
        path, node = stack.pop()
        if isinstance(node, str):
            place = known(path)
            if place is not None and node:
                yield Slot(path, place, node)
        elif isinstance(node, dict):
            stack.extend(((*path, key), value) for key, value in reversed(node.items()))
        elif isinstance(node, list):
            stack.extend(((*path, i), node[i]) for i in range(len(node) - 1, -1, -1))
