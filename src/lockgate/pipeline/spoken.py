"""Texts of a stream: which events go on with them, whose they are, and what ends them."""

import re
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from lockgate.core.events import (
    BlockGiven,
    Event,
    RefusalDelta,
    RunDelta,
    RunOutput,
    RunStarted,
    Stray,
    TextDelta,
    ThinkingDelta,
    ToolDelta,
    ToolStarted,
)

_encode = msgspec.json.Encoder().encode
CUT = b"\0"
_ABOVE_ASCII = re.compile(r"[^\x00-\x7f]")
TEXTUAL = (TextDelta, ThinkingDelta, RefusalDelta, ToolDelta, RunDelta, RunOutput, Stray)
Key = tuple[type[Event], int, int]
Textual = TextDelta | ThinkingDelta | RefusalDelta | ToolDelta | RunDelta | RunOutput | Stray
PLACES: dict[type[Event], tuple[str, str]] = {
    TextDelta: ("assistant", "response.text"),
    ThinkingDelta: ("thinking", "response.thinking"),
    RefusalDelta: ("assistant", "response.refusal"),
    ToolDelta: ("tool_arguments", "response.tool_arguments"),
    RunDelta: ("tool_arguments", "response.tool_arguments"),
    RunOutput: ("tool_result", "response.tool_result"),
    Stray: ("opaque", "response.frame"),
}
"""What a delta belongs to, for rules, and what the record calls it."""
WORDS = ("id", "model", "name", "stop", "signature", "redacted", "mime", "url", "file_id", "detail", "text", "data")
"""What other events, and the pictures and files in them, say in words: judged at once, and no text that goes on beside them."""
IMAGE = 256
"""Data that is longer is a picture or a sound, and no words."""
ENDING = (ThinkingDelta, RunDelta, RunOutput, Stray)
"""Texts that are over when another one goes on: an answer does not wait for the last word of its thoughts."""
TURNS = 16
"""So often in a choice. Who goes to and fro more often is not believed: the text is held to the choice's end."""


def text_of(event: Textual) -> str:
    return event.arguments if isinstance(event, ToolDelta) else event.text


def number_of(event: Textual) -> int:
    if isinstance(event, ToolDelta):
        return event.call
    if isinstance(event, Stray):
        return event.part
    if isinstance(event, TextDelta | ThinkingDelta):
        return event.block
    return event.run if isinstance(event, RunDelta | RunOutput) else 0


def key_of(event: Textual) -> Key:
    """Which text of the stream it goes on with."""
    return type(event), event.choice, number_of(event)


def words(said: msgspec.Struct) -> Iterator[tuple[str, str]]:
    """What an event that is no text says in words, or a picture in it, by the names of its fields."""
    for name in WORDS:
        word = getattr(said, name, "")
        if word and isinstance(word, str) and not (name == "data" and len(word) > IMAGE):
            yield name, word


def call_of(event: ToolStarted | RunStarted | ToolDelta | RunDelta) -> tuple[bool, int, int]:
    """A call among all of an answer: the client's, or the provider's own."""
    if isinstance(event, ToolStarted | ToolDelta):
        return True, event.choice, event.call
    return False, event.choice, event.run


def kept(events: Sequence[Event]) -> Sequence[Event]:
    """What an encoder has to know of a frame that left as it came: not the calls that were whole in it, for some encoders say
    calls at the end, and would say these again.
    """
    began = {call_of(event) for event in events if isinstance(event, ToolStarted)}
    if not began:
        return events
    whole = began & {call_of(event) for event in events if isinstance(event, ToolDelta)}
    return [event for event in events if not (isinstance(event, ToolStarted | ToolDelta) and call_of(event) in whole)]


def spellings(event: Event) -> Iterator[bytes]:
    """What an event says as it may stand in its frame: in UTF-8, or in ASCII with escapes; a block by itself, or as a field."""
    if isinstance(event, BlockGiven):
        yield (block := bytes(event.block))
        yield block.partition(b":")[2][:-1].strip()
    elif isinstance(event, TEXTUAL):
        yield from spelled(text_of(event))


def spelled(said: str) -> Iterator[bytes]:
    yield (text := _encode(said)[1:-1])
    if not text.isascii():
        yield _ABOVE_ASCII.sub(_escaped, text.decode()).encode()


def without(frame: bytes, said: Iterable[Iterable[bytes]]) -> bytes:
    """Each taken out once, in the spelling in which it is there; where it was is still seen, by what no JSON has."""
    for spellings_ in said:
        there = next((each for each in spellings_ if each and each in frame), b"")
        if there:
            frame = frame.replace(there, CUT, 1)
    return frame


def shown(rest: bytes) -> str:
    """What `without` left, as a text."""
    return rest.replace(CUT, b"").decode("utf-8", "replace")


def _escaped(character: re.Match[str]) -> str:
    units = character[0].encode("utf-16-be").hex()
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))
