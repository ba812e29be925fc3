"""The tools that a request offers: functions by name, Google's own (`googleSearch`, `codeExecution`) by theirs.

Content that was cached upstream may have brought tools along that nobody here has seen: it counts as one.
"""

from collections.abc import Iterator
from typing import Any

from lockgate.core.body import Path, Tree
from lockgate.core.dialect import Offered
from lockgate.core.offering import offered, plain, switch, text, unknown

_OF_THE_CLIENT = frozenset(("computerUse",))
"""Tools of Google's that its client runs."""
_FUNCTIONS = ("functionDeclarations", "function_declarations")


def tools(tree: Tree) -> Iterator[Offered]:
    return offered(tree, _READERS)


def _groups(path: Path, node: Any) -> Iterator[Offered]:
    """Where the API takes one thing for a list of one, so does this."""
    for at, group in _each(path, node):
        if not plain(group):
            yield unknown(at)
            continue
        for key, inner in group.items():
            if key in _FUNCTIONS:
                for place, declared in _each((*at, key), inner):
                    named = text(declared, "name")
                    yield Offered(place, named, run=not named)
            elif inner is not None:
                yield Offered((*at, key), name := _camel(key), run=name not in _OF_THE_CLIENT)


def _each(path: Path, node: Any) -> Iterator[tuple[Path, Any]]:
    if isinstance(node, list):
        yield from (((*path, number), one) for number, one in enumerate(node))
    elif node is not None:
        yield path, node


def _camel(key: str) -> str:
    """The API takes both spellings; policies have the one of its documentation."""
    first, *rest = key.split("_")
    return first + "".join(part[:1].upper() + part[1:] for part in rest)


_CACHED = switch("cachedContent")
_READERS = {"tools": _groups, "cachedContent": _CACHED, "cached_content": _CACHED}
