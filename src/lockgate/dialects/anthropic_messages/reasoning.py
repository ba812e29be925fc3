"""Thinking and effort, both ways.

Claude Platform Docs, pages "Thinking" and "Effort": `thinking` is adaptive (with `output_config.effort` for how much),
enabled with `budget_tokens` of at least 1024 and below `max_tokens`, or disabled. Each generation takes some of these.
"""

from collections.abc import Sequence

from msgspec import Struct

from lockgate.core.chat import Chat, Message, Reasoning, Thinking, ToolResult
from lockgate.dialects.anthropic_messages.generation import Generation
from lockgate.dialects.anthropic_messages.notes import Notes
from lockgate.dialects.anthropic_messages.reading import (
    Node,
    mapping,
    optional_integer,
    optional_string,
    string,
    unknown,
)

LEAST = 1024
"""The smallest budget that the API takes."""
ROOM = 4096
"""Tokens for the answer itself, beside the thinking."""
UNTHOUGHT = "thinking in an answer that began without it"
_BUDGETS = {"low": 2048, "medium": 8192, "high": 16384, "xhigh": 24576, "max": 32768}
_EFFORTS = frozenset(_BUDGETS)


class Thinks(Struct, frozen=True):
    """`thinking`, the effort of `output_config`, and `max_tokens` with room for both."""

    thinking: dict[str, object] | None
    effort: str
    max_tokens: int

    @property
    def on(self) -> bool:
        return self.thinking is not None and self.thinking["type"] != "disabled"


def read(tree: Node, notes: Notes) -> Reasoning | None:
    effort = ""
    if tree.get("output_config") is not None:
        effort = optional_string(mapping(tree["output_config"], "output_config"), "effort", "output_config")
    if tree.get("thinking") is None:
        return Reasoning(effort=effort) if effort else None
    node = mapping(tree["thinking"], "thinking")
    unknown(node, frozenset(("type", "budget_tokens", "display")), "thinking", notes)
    display = optional_string(node, "display", "thinking")
    shown = {"summarized": True, "omitted": False}.get(display)
    match string(node, "type", "thinking"):
        case "enabled":
            return Reasoning(effort=effort, budget=optional_integer(node, "budget_tokens", "thinking"), shown=shown)
        case "adaptive":
            return Reasoning(effort=effort, shown=shown)
        case "disabled":
            return Reasoning(enabled=False, effort=effort)
        case other:
            notes.add(f"thinking ({other})")
            return Reasoning(effort=effort) if effort else None


def written(chat: Chat, takes: Generation, notes: Notes) -> Thinks:
    """What to ask for, so that this generation takes it."""
    asked, limit = chat.reasoning, ROOM if chat.max_tokens is None else chat.max_tokens
    if asked is None:
        return Thinks(None, "", limit)
    if not asked.enabled:
        if takes.always_thinks:
            notes.add("thinking switched off")
        off = takes.thinks_unasked and not takes.always_thinks
        return Thinks({"type": "disabled"} if off else None, _effort(asked, takes, notes), limit)
    if takes.budget and (asked.budget is not None or not takes.adaptive):
        why = _not_by_budget(chat)
        if not why:
            return _budgeted(asked, chat.max_tokens, takes, notes)
        if not takes.adaptive:
            notes.add(why)
            return Thinks(None, _effort(asked, takes, notes), limit)
    if asked.budget is not None:
        notes.add("thinking budget")
        asked = Reasoning(effort=asked.effort or _like(asked.budget), shown=asked.shown)
    return Thinks({"type": "adaptive"} | _display(asked), _effort(asked, takes, notes), limit)


def _not_by_budget(chat: Chat) -> str:
    """What keeps a budget of thinking from this request; "adaptive" has neither of these conditions.

    No tool may be demanded, and an answer that goes on (its tools were called, or it is prefilled) has to begin with the thoughts
    that Claude signed: clients of other dialects mostly do not send them back.
    """
    if chat.tools and chat.tool_choice is not None and chat.tool_choice.mode in ("required", "tool"):
        return "thinking beside a forced tool choice"
    begun = _begun(chat.messages)
    first = begun.blocks[0] if begun is not None and begun.blocks else None
    if begun is None or (isinstance(first, Thinking) and (first.signature or first.redacted)):
        return ""
    return UNTHOUGHT


def _begun(messages: Sequence[Message]) -> Message | None:
    """Where the answer that goes on begins: the model's first turn behind the last one in which a user says something."""
    found = None
    for message in reversed(messages):
        if message.role == "assistant":
            found = message
        elif message.role == "user" and not any(isinstance(block, ToolResult) for block in message.blocks):
            break
    return found


def _budgeted(asked: Reasoning, limit: int | None, takes: Generation, notes: Notes) -> Thinks:
    budget = asked.budget if asked.budget is not None else _BUDGETS.get(asked.effort, _BUDGETS["medium"])
    effort = _effort(asked, takes, notes)
    if budget < LEAST:
        notes.add("thinking budget below 1024")
        budget = LEAST
    if limit is None:
        limit = budget + ROOM
    elif budget >= limit:
        notes.add("thinking budget beyond max_tokens")
        if limit <= LEAST:
            return Thinks(None, effort, limit)
        budget = max(LEAST, limit // 2)
    return Thinks({"type": "enabled", "budget_tokens": budget} | _display(asked), effort, limit)


def _display(asked: Reasoning) -> dict[str, object]:
    return {} if asked.shown is None else {"display": "summarized" if asked.shown else "omitted"}


def _effort(asked: Reasoning, takes: Generation, notes: Notes) -> str:
    """The nearest effort there is. Where only budgets count, it has gone into the budget."""
    if not asked.effort or not takes.adaptive:
        if asked.effort and (asked.budget is not None or not asked.enabled):
            notes.add("effort")
        return ""
    if asked.effort not in _EFFORTS:
        notes.add(f"effort {asked.effort}")
        return "low" if asked.effort in ("minimal", "none") else ""
    if asked.effort == "xhigh" and not takes.xhigh:
        notes.add("effort xhigh")
        return "high"
    return asked.effort


def _like(budget: int) -> str:
    return next((effort for effort, tokens in _BUDGETS.items() if budget <= tokens), "max")
