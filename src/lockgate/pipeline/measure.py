"""Is the document larger than a rule allows? Messages, tools and nesting are counted, whatever the dialect calls them."""

from collections.abc import Sequence
from typing import Any

from lockgate.core.dialect import Dialect, Slot
from lockgate.core.finding import Shape
from lockgate.core.guard import Rules
from lockgate.pipeline.decide import Text, blocked, decided
from lockgate.pipeline.ledger import Ledger

SAID = frozenset(("system", "user", "document", "assistant", "tool_arguments", "tool_result", "thinking"))


def measure(tree: Any, listed: Sequence[Slot], dialect: Dialect, rules: Rules, ledger: Ledger) -> None:
    """Raises the `Problem` of the first rule that blocks. Nothing can stand in the place of a message too many: a rule that
    masks blocks, too.
    """
    verdicts = rules.engine.measured(shape(tree, listed, dialect), rules.at("opaque")[1])
    if not verdicts or not decided(Text("", "opaque", "request"), verdicts, rules, ledger):
        return
    raise blocked(next(r for r in rules.rules if r.guard in verdicts and r.action in ("mask", "tokenize")), "request")


def shape(tree: Any, listed: Sequence[Slot], dialect: Dialect) -> Shape:
    """Messages are what the lists hold that texts of a conversation stand in."""
    lists = {
        slot.path[0] for slot in listed if slot.place in SAID and len(slot.path) > 1 and isinstance(slot.path[1], int)
    }
    messages = sum(len(tree[name]) for name in lists if isinstance(tree[name], list))
    tools = 0 if dialect.tools is None else len(list(dialect.tools(tree)))
    return Shape(messages, tools, _nesting(tree))


def _nesting(tree: Any) -> int:
    deepest, level = 0, [tree]
    while level:
        below = []
        for node in level:
            below += [
                each for each in (node.values() if isinstance(node, dict) else node) if isinstance(each, dict | list)
            ]
        deepest, level = deepest + 1, below
    return deepest
