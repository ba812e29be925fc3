"""Which conversation does a request belong to? What the client says, or how it began: its system prompt and first message."""

from collections.abc import Sequence

from lockgate.core.auth import Caller
from lockgate.core.dialect import Slot
from lockgate.core.holder import Line
from lockgate.core.http import Headers, header

SESSIONS = (b"x-session-id", b"x-claude-code-session-id", b"session-id")
"""Headers that name a conversation, where nobody says otherwise."""
USERS = frozenset(("user", "document"))
TURNS = ("messages", "contents", "input")
"""Where dialects have the turns."""


def conversation(
    caller: Caller, headers: Headers, slots: Sequence[Slot], names: Sequence[bytes], line: Line | None = None
) -> tuple[tuple[str, ...], bool]:
    """What tells it from all others, the caller first, so that nobody is in another one's; and whether the client named it, or an
    answer of it that is of no other. `line`: what a provider may hold of it.
    """
    who = (caller.organization, caller.team, caller.key_id, caller.user)
    for name in names:
        if said := header(headers, name):
            return (*who, "session", said.decode("latin-1")), True
    if line is not None:
        if line.team:
            who = (caller.organization, caller.team, "", "")
        return (*who, "line", line.name.hex()), line.goes_on and line.own
    return (*who, "turns", *_beginning(slots)), False


def _beginning(slots: Sequence[Slot]) -> list[str]:
    """As the client sent it. What a client adds later, turn by turn, is no part of it."""
    first = next((slot.path for slot in slots if slot.place in USERS), ())
    texts = []
    for slot in slots:
        if slot.place in USERS and slot.path[:2] == first[:2]:
            texts.append("user\0" + slot.text)
        elif slot.place == "system" and not _later(slot, first):
            texts.append("system\0" + slot.text)
    return sorted(texts, key=lambda text: text.startswith("user"))


def _later(slot: Slot, first: Sequence[str | int]) -> bool:
    """A system message behind the first one of the user."""
    if not first or slot.path[0] != first[0] or slot.path[0] not in TURNS:
        return False
    return isinstance(slot.path[1], int) and isinstance(first[1], int) and slot.path[1] > first[1]
