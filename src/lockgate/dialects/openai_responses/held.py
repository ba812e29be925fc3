"""Ids of what a provider holds: where an answer has some, and where a request may name one.

In an answer only those are marked that stand where the provider itself puts them: what a tool brought, or a model wrote, may look like
an id and is none. In a request, whatever is called an id names something, known here or not, and has to be the caller's own.

API reference, "Responses": create, the response object, its items, streaming events.
"""

from collections.abc import Iterator
from typing import Any

from lockgate.core import seals
from lockgate.core.body import Headed, Tree
from lockgate.core.holder import read
from lockgate.core.holding import Plain
from lockgate.core.problem import Kind, Problem
from lockgate.core.steps import WORDS, Steps
from lockgate.dialects.openai_responses import sealed
from lockgate.dialects.openai_responses.parts import kind_of

PREVIOUS, STORE = "previous_response_id", "store"
_ALONE = {
    PREVIOUS: "send the whole conversation as input: answers of before are not kept here",
    STORE: "answers are not kept here: leave it out, or say false",
}
_UNSAID = (b"null", b"false")
_PLAIN_TOOLS = frozenset(("function", "custom", "namespace"))
_REFER = frozenset(("item_reference", "compaction_trigger"))
_WHOLE = frozenset(
    (
        "message", "reasoning", "function_call", "custom_tool_call", "local_shell_call", "tool_search_call", "web_search_call",
    )
)  # fmt: skip
"""Items that say all by themselves, as outputs do: without their ids they mean the same."""
_FREE = frozenset(("call_id", "connector_id", "session_id", "user_id", "trace_id"))
"""Called ids, and naming nothing that is held."""
_CHECKS = frozenset(("pending_safety_checks", "acknowledged_safety_checks"))
_NOT_OURS = _CHECKS | {
    "parameters",
    "schema",
    "input_schema",
    "headers",
    "metadata",
    "attributes",
    "filters",
    "format",
    "client_metadata",
    "arguments",
    "internal_chat_message_metadata_passthrough",
}
"""What is below them are names and values of a client's or a tool's own."""
_NOWHERE = frozenset(("conversation", "prompt", "background"))
"""As `asking` refuses them, in any letters."""
IDS = "ids from elsewhere"
"""How it is told that they were left out."""


ID = 4
"""What it takes to read one, in steps. Each item of a long conversation may have two."""


def stays(body: Headed) -> bool:
    """Left out, `store` is true."""
    return bytes(body.top.get(STORE, b"true")).strip() != b"false"


def refuse(body: Headed) -> None:
    for key, why in _ALONE.items():
        if key in body.top and bytes(body.top[key]) not in _UNSAID:
            raise _refused(key, f"{key}: {why}")


def alone(tree: Tree) -> bool:
    if any(tree.get(key) for key in _ALONE):
        return True
    tools, items = tree.get("tools"), tree.get("input")
    if (
        any(kind_of(tool) not in _PLAIN_TOOLS for tool in tools if isinstance(tool, dict))
        if isinstance(tools, list)
        else False
    ):
        return True
    return any(_kind(item) in _REFER for item in items if isinstance(item, dict)) if isinstance(items, list) else False


def opened(tree: Tree, plain: Plain) -> tuple[Tree, tuple[str, ...]]:
    reader = _Reader(plain)
    found = {key: reader.top(key, value) for key, value in tree.items()}
    return found, tuple(dict.fromkeys(reader.lost))


class _Reader:
    def __init__(self, plain: Plain) -> None:
        self._asked, self._steps = plain, Steps()
        self.lost: list[str] = []

    def _plain(self, id_: str) -> str | None:
        self._steps.take(ID)
        return self._asked(id_)

    def top(self, key: str, value: Any) -> Any:
        if key == "input" and isinstance(value, list):
            return [left for i, item in enumerate(value) for left in self._item(item, f"input.{i}")]
        if key.casefold() in _NOWHERE and value:
            raise _refused(key, f"{key} names what no call here makes")
        return value if key == "input" else self._field(key, value, key)

    def _item(self, item: Any, where: str) -> Iterator[Any]:
        """Nothing where nothing is left of it."""
        if not isinstance(item, dict):
            yield self._below(item, where)
            return
        kind = _kind(item)
        self._steps.take(1 + len(item))
        found = {**item}
        if kind in _WHOLE or kind.endswith("_output"):
            if isinstance(id_ := item.get("id"), str) and self._plain(id_) is None:
                del found["id"]
                self.lost.append(IDS)
            if kind == "reasoning" and not self._thought(found):
                self.lost.append(seals.FOREIGN)
                return
        elif isinstance(seal := item.get("encrypted_content"), str) and seal:
            self._named(seal, f"{where}.encrypted_content")
        yield {key: self._field(key, value, f"{where}.{key}") for key, value in found.items()}

    def _thought(self, item: dict[str, Any]) -> bool:
        """Whether a reasoning item means something there: by its id, by its seal, or by words that nobody sealed. A seal without a
        mark may be one whose mark was cut off.
        """
        seal = item.get("encrypted_content")
        if not isinstance(seal, str) or not seal:
            return "id" in item or bool(item.get("content"))
        return self._plain(seal) is not None

    def _field(self, key: str, value: Any, where: str) -> Any:
        folded = key.casefold()
        if folded in _NOT_OURS or not value:
            return value
        if folded == "encrypted_content" and isinstance(value, str):
            return value if read(value) is None else sealed.swapped(self._named(value, where))
        if folded == "annotations" and isinstance(value, list):
            return list(self._own(value, where))
        if folded == "results" and isinstance(value, list):
            return next(self._own([value], where), None)
        return self._each(value, where) if _names(folded) else self._below(value, where)

    def _each(self, value: Any, where: str) -> Any:
        """What is called an id, or all of them; an object has fields of its own."""
        if isinstance(value, str):
            return self._named(value, where)
        if isinstance(value, list):
            self._steps.take(len(value))
            return [self._each(each, f"{where}.{i}") for i, each in enumerate(value)]
        return self._below(value, where)

    def _below(self, value: Any, where: str) -> Any:
        if isinstance(value, dict):
            self._steps.take(1 + len(value))
            return {key: self._field(key, inner, f"{where}.{key}") for key, inner in value.items()}
        if isinstance(value, list):
            self._steps.take(1 + len(value) // WORDS)
            return [
                self._below(each, f"{where}.{i}") if isinstance(each, dict | list) else each
                for i, each in enumerate(value)
            ]
        return value

    def _own(self, nodes: list[Any], where: str) -> Iterator[Any]:
        """What says where an answer has something from is left out with what it names. Looked at once: one may stand in another."""
        for i, node in enumerate(nodes):
            try:
                found = self._below(node, f"{where}.{i}")
            except Problem:
                self.lost.append(IDS)
            else:
                yield found

    def _named(self, id_: str, where: str) -> str:
        found = self._plain(id_)
        if found is None:
            raise _refused(
                where,
                f"{where} names nothing that this key got from an upstream of this model, or that is shared (held.shared)",
            )
        return found


def _names(folded: str) -> bool:
    named = folded in ("id", "ids", "container") or folded.endswith(("_id", "_ids"))
    return named and folded not in _FREE


def _kind(item: dict[str, Any]) -> str:
    return kind_of(item) or ("message" if "role" in item else "item_reference")


def _refused(where: str, detail: str) -> Problem:
    return Problem(Kind.INVALID, detail, where=where)
