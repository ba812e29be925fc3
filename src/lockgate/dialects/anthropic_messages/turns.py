"""Messages in the order the API demands.

Messages API reference: the first message is the user's, `system` stands apart; "Handle tool calls": the results of a
tool use come directly after it, first in the user's message, and all of them in one message.
"""

from collections.abc import Sequence

from lockgate.core.chat import Message
from lockgate.dialects.anthropic_messages import write_blocks
from lockgate.dialects.anthropic_messages.notes import Notes
from lockgate.dialects.anthropic_messages.write_blocks import Part

OPENING: Part = {"type": "text", "text": "."}
"""Stands for the user where a conversation begins with the assistant."""

Turn = tuple[str, list[Part]]


def arranged(messages: Sequence[Message], notes: Notes) -> tuple[list[Part], list[Turn]]:
    """The system blocks, and the turns."""
    system: list[Part] = []
    turns: list[Turn] = []
    for message in messages:
        if message.name:
            notes.add("names of speakers")
        if message.role in ("system", "developer"):
            if turns:
                notes.add("place of system messages")
            system += [part for block in message.blocks if (part := write_blocks.system(block, notes))]
            continue
        write = write_blocks.assistant if message.role == "assistant" else write_blocks.user
        parts = [part for block in message.blocks if (part := write(block, notes))]
        if not parts:
            continue
        if turns and turns[-1][0] == message.role:
            turns[-1][1].extend(parts)
        else:
            turns.append((message.role, parts))
    return _opened(system, [(role, _ordered(role, parts)) for role, parts in turns], notes)


def content(parts: list[Part]) -> object:
    """The short form where there is only text to say."""
    if len(parts) == 1 and len(parts[0]) == 2 and parts[0]["type"] == "text":  # its two fields and no marker
        return parts[0]["text"]
    return parts


def _opened(system: list[Part], turns: list[Turn], notes: Notes) -> tuple[list[Part], list[Turn]]:
    if not turns and system:
        notes.add("system messages without a user's")
        return system[:-1], [("user", [system[-1]])]
    if turns and turns[0][0] == "assistant":
        notes.add("an opening by the assistant")
        turns.insert(0, ("user", [OPENING]))
    if turns and turns[-1][0] == "assistant":
        _trimmed(turns[-1][1])
    return system, turns


def _ordered(role: str, parts: list[Part]) -> list[Part]:
    """Results before everything else that the user says."""
    if role != "user" or len(parts) == 1:
        return parts
    results = [part for part in parts if part["type"] == "tool_result"]
    return results + [part for part in parts if part["type"] != "tool_result"]


def _trimmed(parts: list[Part]) -> None:
    """The API refuses white space at the end of an answer that it shall go on with."""
    last = parts[-1]
    if last["type"] == "text":
        last["text"] = str(last["text"]).rstrip()
