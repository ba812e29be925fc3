"""What is known of a choice of a stream so far: above all which of its calls a piece belongs to, and what that is called."""

import msgspec

from lockgate.core.problem import Kind, Problem
from lockgate.dialects.openai_chat import wire

LONGEST = 256
"""Characters: no tool's name is longer."""


class Heard(msgspec.Struct):
    """`calls` has, for each index on the wire, our number and the call's id; `names` are those of our numbers. `spelt` are the names
    of all calls of an index, one behind the other, and `thought` is what was thought since the last signature.
    """

    finish: str = ""
    stop: str = ""
    calls: dict[int, tuple[int, str]] = {}
    names: list[str] = []
    spelt: dict[int, str] = {}
    count: int = 0
    thought: list[str] = []
    sound: list[str] = []
    sound_id: str = ""


def known(call: wire.ToolCall, name: str, heard: Heard) -> int | None:
    """The number of the call that goes on, or None for a new one.

    Some copies give no index, or 0 to every call: a new id with a name begins a new call.
    """
    if call.index is None:
        if call.id:
            return next((known for known, id_ in heard.calls.values() if id_ == call.id), None)
        return None if name or not heard.count else heard.count - 1
    begun = heard.calls.get(call.index)
    if begun is None or (call.id and name and call.id != begun[1]):
        return None
    return begun[0]


def spelt(call: wire.ToolCall, name: str, heard: Heard) -> str:
    """Copies give several calls the same index. Clients of OpenAI take those for pieces of one."""
    if call.index is None:
        return ""
    before = heard.spelt.get(call.index, "")
    heard.spelt[call.index] = (before + name)[:LONGEST]
    return heard.spelt[call.index] if before else ""


def same_name(name: str | None, begun: str) -> None:
    """Clients put the pieces of a name together, and whoever asked whether it may be called saw the first. Copies repeat it whole."""
    if name and name != begun:
        detail = "the upstream named a tool call after it had begun"
        raise Problem(Kind.BAD_UPSTREAM, detail, source="upstream")
