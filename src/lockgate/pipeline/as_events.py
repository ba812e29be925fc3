"""A whole answer as the events of a stream, for clients that wanted one."""

from collections.abc import Iterator

from lockgate.core.answer import Answer
from lockgate.core.chat import Media, Refusal, Text, Thinking, ToolCall
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


def events(answer: Answer) -> Iterator[Event]:
    yield Started(answer.id, answer.model, answer.created)
    for index, choice in enumerate(answer.choices):
        calls = 0
        for block in choice.blocks:
            match block:
                case Text(text):
                    yield TextDelta(text, index)
                case Refusal(text):
                    yield RefusalDelta(text, index)
                case Media():
                    yield MediaGiven(block, index)
                case Thinking():
                    yield from _thinking(block, index)
                case ToolCall(id=call_id, name=name, arguments=arguments, signature=signature):
                    yield ToolStarted(calls, call_id, name, index, signature)
                    yield ToolDelta(calls, arguments, index)
                    calls += 1
        if choice.logprobs:
            yield LogProbs(choice.logprobs, index)
        yield Finished(choice.finish, index, choice.stop)
    yield Ended(answer.usage)


def _thinking(block: Thinking, index: int) -> Iterator[Event]:
    if block.text:
        yield ThinkingDelta(block.text, index)
    if block.signature or block.redacted:
        yield ThinkingSigned(block.signature, block.redacted, index)
