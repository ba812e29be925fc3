"""Every string of a JSON tree with its path: what a dialect does not know is opaque to it, and never skipped."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from typing import Any, TypeGuard

from lockgate.core.base64_text import may_hold, said
from lockgate.core.body import Coded, Name, Parsed, Path
from lockgate.core.dialect import Place, Slot

Known = Callable[[Path], Place | None]
"""The place of the text at a path, or None for a word of the protocol that no one wrote."""


NODES, _NUMBERS = (dict, list), (int, float)
"""Asked in a loop: `dict | list` is made anew each time."""


def walk(tree: Any, known: Known, at: Path = ()) -> Iterator[Slot]:
    """Depth first, in document order. Iterative: a deep tree is not a deep stack. `at`: where the tree is."""
    stack = [_below(at, tree)]
    while stack:
        path, pairs = stack[-1]
        for key, node in pairs:
            if isinstance(node, str):
                if node and (place := known(own := (*path, key))) is not None:
                    yield Slot(own, place, node)
            elif _is_flat(node):
                for name, text in node.items():
                    if text and (place := known(own := (*path, key, name))) is not None:
                        yield Slot(own, place, text)
            elif isinstance(node, NODES):
                stack.append(_below((*path, key), node))
                break
        else:
            stack.pop()


def every(out: list[Slot], node: Any, path: Path, place: Place) -> None:
    """Adds every string of a node that has one place, however deep. Iterative, too; most nodes are a string."""
    if isinstance(node, str):
        if node:
            out.append(Slot(path, place, node))
        return
    stack: list[tuple[Path, Any]] = [(path, node)]
    while stack:
        path, node = stack.pop()
        if isinstance(node, str):
            if node:
                out.append(Slot(path, place, node))
        elif isinstance(node, dict):
            stack.extend(((*path, key), value) for key, value in reversed(node.items()))
        elif isinstance(node, list):
            stack.extend(((*path, i), node[i]) for i in range(len(node) - 1, -1, -1))


def coded(slot: Slot) -> Slot:
    """The slot of a file of text in base64, as what the file says."""
    return Slot((*slot.path[:-1], Coded(slot.path[-1])), slot.place, said(slot.text))


def apart(slots: Iterable[Slot], names: AbstractSet[str]) -> Iterator[Slot]:
    """Those that are not within a field of one of these names, and no data."""
    for slot in slots:
        if names.isdisjoint(slot.path) and not isinstance(slot.path[-1], Coded) and not _is_data(slot.text):
            yield slot


def has_files(wire: bytes, document: Callable[[], Parsed], texts: Callable[[Any], Iterator[Slot]]) -> bool:
    """Whether a body brings such files: what they say is not in its bytes."""
    return may_hold(wire) and any(isinstance(slot.path[-1], Coded) for slot in texts(document().tree))


def _below(path: Path, node: Any) -> tuple[Path, Iterator[tuple[str | int, Any]]]:
    """What is in a node, by name or number: none is looked at twice."""
    if isinstance(node, dict):
        return path, iter(node.items())
    return path, enumerate(node if isinstance(node, list) else ())


LONG_NUMBER = 10**8
"""From here on a number may be somebody's."""
_DATA = re.compile(r"(?:data:[\w/+.;=-]{0,200};base64,)?[A-Za-z0-9+/_-]{64,}={0,2}\s*").fullmatch
_WHOLE = re.compile(r"[A-Za-z0-9+/_\-=\r\n]{256,}").fullmatch


def rest(tree: Any, listed: AbstractSet[Path], dull: AbstractSet[str] = frozenset()) -> Iterator[Slot]:
    """What a dialect's `texts` did not list: the other strings, long numbers, and the names of fields.

    Left out is only what is not text at all: long base64; and `dull` texts, of which it is known what they are.
    """
    stack = [_below((), tree)]
    while stack:
        path, pairs = stack[-1]
        for key, node in pairs:
            if key not in dull and isinstance(key, str) and key:
                yield Slot((*path, Name(key)), "opaque", key)
            if isinstance(node, str):
                if node and node not in dull and (own := (*path, key)) not in listed and not _is_data(node):
                    yield Slot(own, "opaque", node)
            elif isinstance(node, NODES):
                own = (*path, key)
                if (flat := _of_flat(node, own, listed, dull)) is None:
                    stack.append(_below(own, node))
                    break
                yield from flat
            elif isinstance(node, _NUMBERS) and abs(node) >= LONG_NUMBER:
                yield Slot((*path, key), "opaque", str(node))
        else:
            stack.pop()


def _of_flat(node: Any, path: Path, listed: AbstractSet[Path], dull: AbstractSet[str]) -> Sequence[Slot] | None:
    """The same of a list of nodes that hold nothing but texts, under names that are dull, or of one such node; None of any other."""
    found: list[Slot] = []
    many = type(node) is list
    for at, each in enumerate(node if many else (node,)):
        if type(each) is not dict or not each.keys() <= dull or not TEXT.issuperset(map(type, each.values())):
            return None
        for name, text in each.items():
            if text not in dull and text:
                own = (*path, at, name) if many else (*path, name)
                if own not in listed and not _is_data(text):
                    found.append(Slot(own, "opaque", text))
    return found


TEXT = frozenset((str,))


def _is_flat(node: Any) -> TypeGuard[dict[str, str]]:
    """Names and texts, and nothing below them, as most messages are: it takes no place on a stack."""
    return type(node) is dict and TEXT.issuperset(map(type, node.values()))


def _is_data(text: str) -> bool:
    return len(text) > 256 and (_WHOLE(text) is not None or _DATA(text) is not None)
