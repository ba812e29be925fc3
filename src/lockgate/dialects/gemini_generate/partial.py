"""A call whose arguments come in pieces, each with a JSON path (RFC 9535): put together before anybody sees it.

Google's platform streams so when a request asks for it (`streamFunctionCallArguments`).
"""

import re
from itertools import pairwise
from typing import Any

from lockgate.core.problem import Kind, Problem
from lockgate.dialects.gemini_generate import wire

_STEP = re.compile(r"""\.([^.\[\]]+)|\[([0-9]{1,6})\]|\['([^']*)'\]|\["([^"]*)"\]""")
_LIMIT = 4 * 1024 * 1024
_DEEPEST = 64

Step = str | int


class Arguments:
    """The arguments so far. Raises `Problem` for a path that makes no sense, and beyond 4 MiB of them."""

    __slots__ = ("_open", "_size", "_tree")

    def __init__(self) -> None:
        self._tree: dict[str, Any] = {}
        self._open = ""
        self._size = 0

    def add(self, piece: wire.PartialArg) -> None:
        path = piece.json_path or ""
        self._size += len(path) + len(piece.string_value or "")
        if self._size > _LIMIT:
            raise _nonsense("a tool call's arguments are too long")
        steps = _steps(path)
        parent = self._parent(steps)
        last = steps[-1]
        before = _get(parent, last) if self._open == path else None
        if piece.string_value is not None and type(before) is list:
            before.append(piece.string_value)
        else:
            _put(parent, last, _value(piece))
        self._open = path if piece.will_continue else ""

    def text(self) -> str:
        return wire.encode(_joined(self._tree)).decode()

    def _parent(self, steps: list[Step]) -> Any:
        node: Any = self._tree
        for step, following in pairwise(steps):
            child = _get(node, step)
            if child is None:
                child = {} if isinstance(following, str) else _List()
                _put(node, step, child)
            node = child
        return node


class _List(list[Any]):
    """An array of the arguments. A plain list is the pieces of one string."""


def _steps(path: str) -> list[Step]:
    steps: list[Step] = []
    at = 1
    while path.startswith("$") and (hit := _STEP.match(path, at)):
        name, index, single, double = hit.groups()
        steps.append(int(index) if index else name or single or double or "")
        at = hit.end()
    if not steps or at != len(path) or len(steps) > _DEEPEST:
        raise _nonsense("a tool call's argument has a path that makes no sense")
    return steps


def _get(node: Any, step: Step) -> Any:
    if isinstance(node, dict) and isinstance(step, str):
        return node.get(step)
    if isinstance(node, _List) and isinstance(step, int):
        return node[step] if step < len(node) else None
    raise _nonsense("a tool call's arguments contradict each other")


def _put(node: Any, step: Step, value: Any) -> None:
    if isinstance(node, _List) and step == len(node):
        node.append(value)
        return
    _get(node, step)
    if isinstance(node, _List) and isinstance(step, int) and step > len(node):
        raise _nonsense("a tool call's arguments leave out a part of a list")
    node[step] = value


def _value(piece: wire.PartialArg) -> Any:
    if piece.string_value is not None:
        return [piece.string_value]
    return piece.number_value if piece.number_value is not None else piece.bool_value


def _joined(node: Any) -> Any:
    if isinstance(node, dict):
        return {key: _joined(value) for key, value in node.items()}
    if isinstance(node, _List):
        return [_joined(value) for value in node]
    return "".join(node) if isinstance(node, list) else node


def _nonsense(detail: str) -> Problem:
    return Problem(Kind.BAD_UPSTREAM, detail, source="upstream")
