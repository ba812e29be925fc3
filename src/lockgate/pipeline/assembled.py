"""The events of a stream as a whole answer: the way back from `as_events`."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import msgspec
from msgspec import Raw
from msgspec.structs import replace

from lockgate.core.answer import Answer, Choice, Finish, Usage
from lockgate.core.chat import Block, Refusal, Text, Thinking, ToolCall
from lockgate.core.events import (
    Ended,
    Event,
    Finished,
    LogProbs,
    MediaGiven,
    RefusalDelta,
    Started,
    TextDelta,
    ThinkingDelta,
    ThinkingSigned,
    ToolDelta,
    ToolStarted,
)


@dataclass(slots=True)
class _Growing:
    """A choice. `calls` says which block is which call."""

    blocks: list[Block] = field(default_factory=list)
    calls: dict[int, int] = field(default_factory=dict)
    finish: Finish = "stop"
    stop: str = ""
    logprobs: list[Raw] = field(default_factory=list)

    def said(self, kind: type[Text | Refusal], text: str) -> None:
        last = self.blocks[-1] if self.blocks else None
        if isinstance(last, kind):
            self.blocks[-1] = replace(last, text=last.text + text)
        elif text:
            self.blocks.append(kind(text))

    def thought(self, text: str) -> None:
        last = self.blocks[-1] if self.blocks else None
        if isinstance(last, Thinking) and not last.signature and not last.redacted:
            self.blocks[-1] = replace(last, text=last.text + text)
        else:
            self.blocks.append(Thinking(text))

    def signed(self, event: ThinkingSigned) -> None:
        last = self.blocks[-1] if self.blocks else None
        if not event.redacted and isinstance(last, Thinking) and not last.signature:
            self.blocks[-1] = replace(last, signature=event.signature)
        else:
            self.blocks.append(Thinking("", event.signature, event.redacted))

    def called(self, event: ToolDelta) -> None:
        at = self.calls.get(event.call)
        if at is not None and isinstance(call := self.blocks[at], ToolCall):
            self.blocks[at] = replace(call, arguments=call.arguments + event.arguments)


def assembled(events: Iterable[Event]) -> Answer:
    """What a whole stream says. Nothing is checked: it was an answer before."""
    started, usage = Started("", ""), Usage()
    choices: dict[int, _Growing] = {}
    for event in events:
        if isinstance(event, Started):
            started, usage = event, usage.merged(event.usage)
        elif isinstance(event, Ended):
            usage = usage.merged(event.usage)
        else:
            _grow(choices.setdefault(event.choice, _Growing()), event)
    whole = tuple(
        Choice(tuple(one.blocks), one.finish, one.stop, _joined(one.logprobs)) for _, one in sorted(choices.items())
    )
    return Answer(id=started.id, model=started.model, choices=whole, usage=usage, created=started.created)


def _grow(choice: _Growing, event: Event) -> None:
    match event:
        case TextDelta(text):
            choice.said(Text, text)
        case RefusalDelta(text):
            choice.said(Refusal, text)
        case ThinkingDelta(text):
            choice.thought(text)
        case ThinkingSigned():
            choice.signed(event)
        case ToolStarted(call, call_id, name, _, signature):
            choice.calls[call] = len(choice.blocks)
            choice.blocks.append(ToolCall(call_id, name, "", signature))
        case ToolDelta():
            choice.called(event)
        case MediaGiven(media):
            choice.blocks.append(media)
        case LogProbs(raw):
            choice.logprobs.append(raw)
        case Finished(finish, _, stop):
            choice.finish, choice.stop = finish, stop


def _joined(parts: list[Raw]) -> Raw:
    """OpenAI's form: an object of lists, which go on from part to part."""
    if len(parts) < 2:
        return parts[0] if parts else Raw(b"")
    whole: dict[str, Any] = {}
    for part in parts:
        found = msgspec.json.decode(part)
        for name, value in found.items() if isinstance(found, dict) else ():
            before = whole.get(name)
            whole[name] = [*before, *value] if isinstance(before, list) and isinstance(value, list) else value or before
    return Raw(msgspec.json.encode(whole))
