"""A stream's events as a whole answer: the way back is the same answer, however the deltas were cut."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from msgspec import Raw

from lockgate.core.answer import Answer, Choice, Usage
from lockgate.core.chat import Block, Refusal, Text, Thinking, ToolCall
from lockgate.core.events import Event, LogProbs, RefusalDelta, TextDelta, ThinkingDelta, ToolDelta
from lockgate.pipeline.as_events import events
from lockgate.pipeline.assembled import assembled

words = st.text(min_size=1, max_size=12)
blocks = st.one_of(
    st.builds(Text, words),
    st.builds(Refusal, words),
    st.builds(Thinking, words, st.just("signed")),
    st.builds(Thinking, st.just(""), st.just(""), words),
    st.builds(ToolCall, words, words, words, st.sampled_from(["", "sig"])),
)


def apart(blocks: list[Block]) -> bool:
    """Two texts in a row are one: a stream does not tell."""
    return not any(type(a) is type(b) and isinstance(a, Text | Refusal) for a, b in pairwise(blocks))


choices = st.builds(
    Choice,
    st.lists(blocks, min_size=1, max_size=5).filter(apart).map(tuple),
    st.sampled_from(["stop", "length", "tool_use", "filtered"]),
    st.sampled_from(["", "END"]),
)
answers = st.builds(
    Answer,
    id=words,
    model=words,
    choices=st.lists(choices, min_size=1, max_size=3).map(tuple),
    usage=st.builds(Usage, st.integers(0, 9), st.integers(0, 9)),
    created=st.integers(0, 9),
)


def cut(event: Event) -> list[Event]:
    """The same in single characters."""
    match event:
        case TextDelta(text, choice):
            return [TextDelta(each, choice) for each in text]
        case RefusalDelta(text, choice):
            return [RefusalDelta(each, choice) for each in text]
        case ThinkingDelta(text, choice):
            return [ThinkingDelta(each, choice) for each in text]
        case ToolDelta(call, arguments, choice):
            return [ToolDelta(call, each, choice) for each in arguments]
    return [event]


@given(answers)
def test_there_and_back(answer: Answer) -> None:
    assert assembled(events(answer)) == answer


@given(answers)
def test_cuts_do_not_matter(answer: Answer) -> None:
    assert assembled([piece for event in events(answer) for piece in cut(event)]) == answer


def test_calls_that_interleave_stay_apart() -> None:
    answer = Answer(id="a", model="m", choices=(Choice((ToolCall("1", "f", "ab"), ToolCall("2", "g", "cd"))),))
    started, one, _, two, *rest = events(answer)
    turned = [started, one, two, ToolDelta(1, "c"), ToolDelta(0, "ab"), ToolDelta(1, "d"), *rest[1:]]

    assert assembled(turned) == answer


def test_log_probabilities_go_on() -> None:
    parts = [LogProbs(Raw(b'{"content":[1],"refusal":null}')), LogProbs(Raw(b'{"content":[2],"refusal":null}'))]

    (choice,) = assembled(parts).choices

    assert bytes(choice.logprobs) == b'{"content":[1,2],"refusal":null}'
