"""Streams to clients of this dialect under rules and limits: every place that says a text says what became of it."""

from typing import Any

import msgspec
import pytest

from lockgate.core.answer import Usage
from lockgate.core.body import head
from lockgate.core.called import Called
from lockgate.core.dialect import Ask, Dialect
from lockgate.core.events import Ended, Event, Finished, Started, TextDelta, ThinkingDelta, ToolDelta, ToolStarted
from lockgate.core.exchange import Call
from lockgate.core.guard import Action, Rule, Rules
from lockgate.core.names import Names
from lockgate.core.problem import Problem
from lockgate.dialects import anthropic_messages, openai_chat
from lockgate.dialects.openai_responses import plugin
from lockgate.egress import Guarded as Held
from lockgate.egress import Scanner
from lockgate.guards.blocklist import plugin as blocklist
from lockgate.patterns.looking import Looking
from lockgate.pipeline.discreet import Discreet
from lockgate.pipeline.guarded import Guarded
from lockgate.pipeline.lanes import Lane, Sides, Translated
from lockgate.pipeline.ledger import Ledger
from lockgate.pipeline.metered import SLACK, Metered, TooLong
from lockgate.tokens.restorer import Restorer
from lockgate.tokens.spelling import Spelling
from tests.automata import CACHE
from tests.unit.dialects.openai_responses.drive import ASK, documents, encoded

ENGINE = Looking([blocklist(words=("bluebird",)).build()], CACHE)
TOKENS = Restorer({"EMAIL_1": ("<EMAIL_1>", "jo@mail.example")}, Spelling({"EMAIL"}, ()), Names(("*",)))
SECRET = "sk-canary-Zm9vYmFyIGJhciBiYXogcXV4"
EGRESS = Scanner([Held("providers.up.api_key", SECRET.encode())])
SOURCES = pytest.mark.parametrize(
    "source", [openai_chat.plugin, anthropic_messages.plugin, plugin], ids=lambda dialect: dialect.name
)
SAID: list[Event] = [
    Started("a", "m", 5),
    ThinkingDelta("a blue"),
    ThinkingDelta("bird thinks"),
    TextDelta("write to <EMA"),
    TextDelta("IL_1>, blue"),
    TextDelta("bird, "),
    TextDelta("or not"),
    ToolStarted(0, "c1", "f"),
    ToolDelta(0, '{"to":"<EMAIL_1>","of":"blue'),
    ToolDelta(0, 'bird"}'),
    Finished("tool_use"),
    Ended(Usage(5, 4)),
]


def rules(action: Action) -> Rules:
    on = frozenset(("response", "tool_arguments"))
    return Rules([Rule("r", 0, action, on)], ENGINE, "response")  # type: ignore[arg-type]


def wire(source: Dialect, events: list[Event]) -> list[bytes]:
    encoder = source.encoder(ASK)
    return [encoder.feed(event) for event in events]


def through(source: Dialect, action: Action, restorer: Restorer | None = None) -> bytes:
    lane = Guarded(Sides(source, ASK, plugin, ASK), rules(action), Ledger("", 0, 0), restorer)
    out = b""
    try:
        for chunk in wire(source, SAID):
            out += lane.feed(chunk)
        return out + lane.end()
    except Problem as problem:
        return out + lane.fail(problem)


def texts(found: list[Any]) -> dict[str, set[str]]:
    """What each text is, in every place that says it whole; and what its deltas say together."""
    every: dict[str, set[str]] = {"text": set(), "thinking": set(), "arguments": set()}
    kinds = {"output_text": "text", "reasoning_summary_text": "thinking", "function_call_arguments": "arguments"}
    for kind, name in kinds.items():
        deltas = [each["delta"] for each in found if each["type"] == f"response.{kind}.delta"]
        every[name].add("".join(deltas))
        done = [each for each in found if each["type"] == f"response.{kind}.done"]
        every[name] |= {each["arguments" if name == "arguments" else "text"] for each in done}
    items = [each["item"] for each in found if each["type"] == "response.output_item.done"]
    for item in (*items, *found[-1]["response"]["output"]):
        if item["type"] == "function_call":
            every["arguments"].add(item["arguments"])
        elif item["type"] == "reasoning":
            every["thinking"].add("".join(part["text"] for part in item["summary"]))
        else:
            every["text"].add("".join(part["text"] for part in item["content"]))
    return every


@SOURCES
def test_S62_what_is_masked_is_masked_in_every_place(source: Dialect) -> None:
    out = through(source, "mask")

    assert b"bluebird" not in out
    assert texts(documents(out)) == {
        "text": {"write to <EMAIL_1>, [BLOCKLIST], or not"},
        "thinking": {"a [BLOCKLIST] thinks"},
        "arguments": {'{"to":"<EMAIL_1>","of":"[BLOCKLIST]"}'},
    }


@SOURCES
def test_values_come_back_in_every_place(source: Dialect) -> None:
    found = texts(documents(through(source, "flag", TOKENS)))

    assert found["text"] == {"write to jo@mail.example, bluebird, or not"}
    assert found["arguments"] == {'{"to":"jo@mail.example","of":"bluebird"}'}


@SOURCES
def test_what_is_blocked_ends_as_a_filtered_answer(source: Dialect) -> None:
    out = through(source, "block")

    last = documents(out)[-1]
    assert b"bluebird" not in out
    assert (last["type"], last["response"]["incomplete_details"]) == (
        "response.incomplete",
        {"reason": "content_filter"},
    )


@pytest.mark.parametrize("at_once", [False, True])
def test_an_answer_that_is_cut_at_its_limit_says_all_of_it_at_the_end(*, at_once: bool) -> None:
    body = head(b'{"model":"m","input":"hi","max_output_tokens":20}')
    call = Call(plugin, "chat", ASK, body, ())
    ledger = Ledger("r", 0.0, 0.0)
    source = openai_chat.plugin
    lane: Lane = Translated(Sides(source, Ask("m", stream=True), plugin, ASK), ledger)
    metered = Metered(lane, call, 20, ledger)
    said = [TextDelta(f"word{number} ") for number in range(20 + 2 * SLACK)]
    chunks = wire(source, [Started("a", "m", 5), *said])
    out = b""

    with pytest.raises(TooLong) as cut:  # noqa: PT012  what leaves before it counts
        for chunk in [b"".join(chunks)] if at_once else chunks:
            out += metered.feed(chunk)
    out += metered.fail(cut.value)

    found = documents(out)
    (text,) = texts(found)["text"]
    assert text.startswith("word0 word1 ")
    assert 20 <= text.count(" ") < len(said)
    last = found[-1]
    assert (last["type"], last["response"]["incomplete_details"]) == (
        "response.incomplete",
        {"reason": "max_output_tokens"},
    )
    numbers = [each["sequence_number"] for each in found]
    assert numbers == sorted(set(numbers))


CALLED = [ToolStarted(0, "c1", "f"), ToolDelta(0, '{"a":"'), ToolDelta(0, "SECRET"), ToolDelta(0, '"}')]


@SOURCES
@pytest.mark.parametrize(
    "said",
    [[TextDelta("a "), TextDelta("SECRET")], [ThinkingDelta("a SECRET")], CALLED, [Started("SECRET", "SECRET", 5)]],
)
@pytest.mark.parametrize("free", [True, False])
def test_I7_who_withholds_a_secret_does_not_say_it_in_the_response_that_failed(
    source: Dialect, said: list[Event], *, free: bool
) -> None:
    """In one chunk the encoder is done with all of it before anybody looks at what it wrote."""
    ask = msgspec.structs.replace(ASK, called={"f": Called("f", free=free)})
    ledger = Ledger("", 0, 0)
    lane = Discreet(Translated(Sides(source, ASK, plugin, ask), ledger), plugin, ask, EGRESS, ledger)
    events = [_with_secret(each) for each in said]
    opening = [] if isinstance(said[0], Started) else [Started("a", "m", 5)]

    with pytest.raises(Problem) as found:
        lane.feed(b"".join(wire(source, [*opening, *events, Finished("stop"), Ended(Usage(5, 4))])))
    out = lane.fail(found.value)

    assert SECRET.encode() not in out
    assert [each["type"] for each in documents(out)] == ["error", "response.failed"]


def _with_secret(event: Event) -> Event:
    """In the place of the word that stands for it."""
    texts = {name: value for name, value in msgspec.structs.asdict(event).items() if isinstance(value, str)}
    return msgspec.structs.replace(event, **{name: text.replace("SECRET", SECRET) for name, text in texts.items()})


@pytest.mark.parametrize("most", [2000, 500])
def test_texts_that_are_said_again_are_not_counted_again(most: int) -> None:
    """All that was reserved, in a few large frames: it is no longer than that, and not cut."""
    call = Call(plugin, "chat", ASK, head(b'{"model":"m","input":"hi"}'), ())
    ledger = Ledger("r", 0.0, 0.0)
    source = openai_chat.plugin
    metered = Metered(Translated(Sides(source, Ask("m", stream=True), plugin, ASK), ledger), call, most, ledger)
    text = "words " * most

    chunks = wire(source, [Started("a", "m", 5), TextDelta(text), Finished("stop"), Ended(Usage(5, most))])
    found = documents(b"".join([metered.feed(chunk) for chunk in chunks]) + metered.end())

    assert found[-1]["type"] == "response.completed"
    assert texts(found)["text"] == {text}


def test_frames_in_which_nothing_was_found_leave_as_they_came() -> None:
    raw = encoded([Started("resp_1", "m", 5), TextDelta("a robin"), Finished("stop"), Ended(Usage(5, 4))])
    spaced = raw.replace(b'"delta":', b'"delta": ')
    lane = Guarded(Sides(plugin, ASK, plugin, ASK), rules("mask"), Ledger("", 0, 0))

    assert lane.feed(spaced) + lane.end() == spaced
