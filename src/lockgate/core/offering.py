"""How a dialect finds the tools of a request, so that no other reader of the same JSON finds more.

Some readers match keys without regard to case (Go's, which Ollama has): what is not spelled as the dialect spells it, or could
be read twice, is a tool without a name.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from lockgate.core.body import Path, Tree
from lockgate.core.dialect import Offered

Reader = Callable[[Path, Any], Iterator[Offered]]
"""What stands at a path, as tools."""


def offered(tree: Tree, readers: Mapping[str, Reader]) -> Iterator[Offered]:
    """The top-level fields that hold tools, each read in its own way."""
    folded = {key.casefold() for key in readers}
    for key, node in tree.items():
        if node is None:
            continue
        if key in readers:
            yield from readers[key]((key,), node)
        elif key.casefold() in folded:
            yield unknown((key,))


def unknown(path: Path) -> Offered:
    """It may be any tool."""
    return Offered(path, "", run=True)


def each(name: Callable[[Any], str], run: Callable[[Any], bool] = lambda tool: False) -> Reader:
    """A list of tools, each with a name. `run`: whether the provider runs it by itself."""

    def read(path: Path, node: Any) -> Iterator[Offered]:
        if not isinstance(node, list):
            yield unknown(path)
            return
        for number, tool in enumerate(node):
            named = name(tool)
            yield Offered((*path, number), named, run=not named or run(tool))

    return read


def switch(name: str) -> Reader:
    """A field that turns a tool of the provider's on."""
    return lambda path, node: iter((Offered(path, name, run=True),))


def text(node: Any, key: str) -> str:
    """The text of a field that can be read in one way only; empty for everything else."""
    found = node.get(key) if plain(node) else None
    return found if isinstance(found, str) else ""


def plain(node: Any) -> bool:
    """An object whose keys are different in every reading."""
    return isinstance(node, dict) and len({key.casefold() for key in node}) == len(node)
