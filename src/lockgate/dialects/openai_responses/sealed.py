"""What proves thoughts to who thought them, in the one place that this dialect has for it: `encrypted_content` of a reasoning item.

There it stands as it is. What other dialects have besides gets a mark before it, which no base64 has: a block that is sealed as a
whole, and the signature of the call that comes next.
"""

from typing import Any

from lockgate.core.chat import Thinking

WHOLE, OF_CALL = "redacted:", "call:"
BETWEEN = "\n\n"
"""Between two parts of a summary, as one text."""
Part = dict[str, Any]
_SWAP = str.maketrans("-.", ".-")


def swapped(seal: str) -> str:
    """What proves a thought, with other signs in it while a client has it, and back again. OpenAI's is base64 for URLs, in which what
    begins like a key of ours comes up by itself; and those do not leave.
    """
    return seal.translate(_SWAP)


def seal(block: Thinking) -> str:
    return WHOLE + block.redacted if block.redacted else block.signature


def thinking(text: str, sealed: str) -> Thinking | None:
    """The thoughts of an item; None for one that says nothing."""
    if sealed.startswith(WHOLE):
        return Thinking(text, redacted=sealed.removeprefix(WHOLE))
    return Thinking(text, sealed) if text or sealed else None


def item(block: Thinking) -> Part:
    """A reasoning item without its id."""
    return written(block.text, seal(block))


def written(text: str, sealed: str) -> Part:
    summary = [{"type": "summary_text", "text": text}] if text else []
    found: Part = {"type": "reasoning", "summary": summary}
    if sealed:
        found["encrypted_content"] = sealed
    return found
