"""Who sealed a thought, kept with the seal while a client of another dialect has it.

A provider takes back only what it sealed itself, and refuses a request with anything else in that place (S79). Clients send thoughts
back to a model's name, and behind the name the next answer may come from another provider.
"""

from functools import cache
from hashlib import sha256

from msgspec.structs import replace

from lockgate.core.answer import Answer
from lockgate.core.chat import Block, Chat, Message, Thinking, ToolCall
from lockgate.core.events import Event, ThinkingSigned, ToolStarted

OURS = "lockgate"
"""How a mark begins: letters of base64, as the whole mark is, for some clients decode what they are given."""
HINT = b'"' + OURS.encode()
"""What a body has that holds a mark."""
_DIGITS = 8
_URLS, _PLAIN = "urls", "base"
"""Behind a mark: the seal is in the alphabet of URLs, and a client that decodes it may give it back in the other one; or it is as it
stands, though it begins like one of these.
"""
_TO_URLS = str.maketrans("+/", "-_")
FOREIGN = "thoughts of another provider"
"""How it is told that they were left out."""


@cache
def mark(dialect: str) -> str:
    return OURS + sha256(dialect.encode()).hexdigest()[:_DIGITS]


NOBODY = mark("")
"""In the place of a seal, where a dialect has to have one and nobody sealed."""


def marked(seal: object) -> bool:
    return isinstance(seal, str) and seal.startswith(OURS)


def told(event: Event, maker: str) -> Event:
    """The event, for a client of another dialect than the one it was read in."""
    if isinstance(event, ThinkingSigned):
        return replace(event, signature=_by(maker, event.signature), redacted=_by(maker, event.redacted))
    return replace(event, signature=_by(maker, event.signature)) if isinstance(event, ToolStarted) else event


def answered(answer: Answer, maker: str) -> Answer:
    """As `told`, of a whole answer."""
    choices = [replace(each, blocks=tuple(_marked(block, maker) for block in each.blocks)) for each in answer.choices]
    return replace(answer, choices=tuple(choices))


def asked(chat: Chat, maker: str) -> tuple[Chat, tuple[str, ...]]:
    """The request for a provider of this dialect, without the seals of others; and what was lost by it.

    What has no mark was sealed by a provider of the client's own dialect, and that is another one.
    """
    if not any(map(_seals, (block for message in chat.messages for block in message.blocks))):
        return chat, ()
    lost = False
    messages: list[Message] = []
    for message in chat.messages:
        blocks: list[Block] = []
        for block in message.blocks:
            seal = _seals(block)
            lost = lost or bool(seal and seal != NOBODY and not seal.startswith(mark(maker)))
            if (left := _opened(block, maker) if seal else block) is not None:
                blocks.append(left)
        messages.append(replace(message, blocks=tuple(blocks)))
    return replace(chat, messages=tuple(messages)), ((FOREIGN,) if lost else ())


def _seals(block: Block) -> str:
    """A block has one seal, or none."""
    if isinstance(block, Thinking):
        return block.redacted or block.signature
    return block.signature if isinstance(block, ToolCall) else ""


def _opened(block: Block, maker: str) -> Block | None:
    """Nothing where nothing is left: no thought, and no seal that holds there."""
    if isinstance(block, ToolCall):
        return replace(block, signature=_clear(block.signature, maker))
    assert isinstance(block, Thinking)
    left = replace(block, signature=_clear(block.signature, maker), redacted=_clear(block.redacted, maker))
    return left if _seals(left) or left.text else None


def _clear(seal: str, maker: str) -> str:
    own = mark(maker)
    if not seal.startswith(own):
        return ""
    left = seal[len(own) :]
    return left[len(_URLS) :].translate(_TO_URLS) if left.startswith(_URLS) else left.removeprefix(_PLAIN)


def _marked(block: Block, maker: str) -> Block:
    if isinstance(block, Thinking):
        return replace(block, signature=_by(maker, block.signature), redacted=_by(maker, block.redacted))
    return replace(block, signature=_by(maker, block.signature)) if isinstance(block, ToolCall) else block


def _by(maker: str, seal: str) -> str:
    if not seal:
        return ""
    if ("-" in seal or "_" in seal) and "+" not in seal and "/" not in seal:
        return mark(maker) + _URLS + seal
    return mark(maker) + (_PLAIN if seal.startswith((_URLS, _PLAIN)) else "") + seal
