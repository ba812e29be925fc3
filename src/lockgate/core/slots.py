"""Every string of a JSON tree with its path: what a dialect does not know is opaque to it, and never skipped."""

import re
from collections.abc import Callable, Iterator
from collections.abc import Set as AbstractSet
from typing import Any

from lockgate.core.body import Name, Path
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


LONG_NUMBER = 10**8
"""From here on a number may be somebody's."""
_DATA = re.compile(r"(?:data:[\w/+.;=-]{0,200};base64,)?[A-Za-z0-9+/_-]{64,}={0,2}\s*").fullmatch
_WHOLE = re.compile(r"[A-Za-z0-9+/_\-=\r\n]{256,}").fullmatch


def rest(tree: Any, listed: AbstractSet[Path]) -> Iterator[Slot]:
    """What a dialect's `texts` did not list: the other strings, long numbers, and the names of fields.

    Left out is only what is not text at all: long base64.
    """
    stack: list[tuple[Path, Any]] = [((), tree)]
    while stack:
        path, node = stack.pop()
        if isinstance(node, str):
            if node and path not in listed and not _is_data(node):
                yield Slot(path, "opaque", node)
        elif isinstance(node, dict):
            for key, value in node.items():
                if key:
                    yield Slot((*path, Name(key)), "opaque", key)
                stack.append(((*path, key), value))
        elif isinstance(node, list):
            stack.extend([((*path, i), item) for i, item in enumerate(node)])
        elif isinstance(node, int | float) and abs(node) >= LONG_NUMBER:
            yield Slot(path, "opaque", str(node))


def _is_data(text: str) -> bool:
    return len(text) > 256 and (_WHOLE(text) is not None or _DATA(text) is not None)
