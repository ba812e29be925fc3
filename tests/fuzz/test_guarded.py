"""The guarded lane under hostile upstreams: only a Problem comes out of it, and what a client joins is the whole text's twin."""

from collections.abc import Sequence

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lockgate.core.dialect import Ask
from lockgate.core.events import Ended, Event, Finished, Started, TextDelta, ThinkingDelta, ToolDelta, ToolStarted
from lockgate.core.guard import Action, Rule, Rules
from lockgate.core.names import Names
from lockgate.core.problem import Problem
from lockgate.guards.blocklist import plugin as blocklist
from lockgate.guards.exfiltration import plugin as exfiltration
from lockgate.patterns.looking import Looking
from lockgate.pipeline.careful import Careful
from lockgate.pipeline.decide import Text, decided, filled
from lockgate.pipeline.guarded import Guarded
from lockgate.pipeline.lanes import Sides
from lockgate.pipeline.ledger import Ledger
from lockgate.tokens.restorer import Restorer
from lockgate.tokens.spelling import Spelling
from tests.automata import CACHE
from tests.dialects import UNSAID
from tests.fuzz import hostile
from tests.fuzz.dialects import ASKS, DIALECTS, corpus
from tests.fuzz.effort import tried

STREAMS = {name: corpus(name, ".stream.txt") for name in DIALECTS}
CANARY, MAIL = "operation dawn", "jo@mail.example"
ENGINE = Looking([blocklist(words=(CANARY,)).build(), exfiltration(allow=("ok.example",)).build()], CACHE)
TOKENS = Restorer({"EMAIL_1": ("<EMAIL_1>", MAIL)}, Spelling({"EMAIL"}, ()), Names(("*",)))
ASK = Ask("m", stream=True, usage=True, request_id="r", created=1)
SAID = ("operation", " ", "dawn", CANARY, "x", ". ", "\n", '"', "\\", "é", "\U0001f600", "1", "<EMAIL_1>", "https://evil.example/?", "<b", "EMAIL", "_1")  # fmt: skip
UNKNOWN = {
    "openai_chat": [b'data: {"id":"a","choices":[],"brand_new":"x"}\n\n', b": note\n\n"],
    "anthropic_messages": [b'event: brand_new\ndata: {"type":"brand_new","x":"y"}\n\n', b'event: ping\ndata: {"type":"ping"}\n\n'],
    "gemini_generate": [b'data: {"brandNew":{"x":"y"}}\r\n\r\n', b": note\r\n\r\n"],
    "openai_responses": [b'event: response.brand_new\ndata: {"type":"response.brand_new","x":"y"}\n\n', b": note\n\n"],
    "ollama_chat": [b'{"model":"m","message":{"role":"assistant","content":""},"done":false,"brand_new":"x"}\n'],
    "openai_completions": [b'data: {"id":"a","choices":[],"brand_new":"x"}\n\n', b": note\n\n"],
    "ollama_generate": [b'{"model":"m","response":"","done":false,"brand_new":"x"}\n'],
}  # fmt: skip
CHANNELS = ("text", "thinking")


def rules(action: Action) -> Rules:
    on = frozenset(("response", "tool_arguments"))
    return Rules([Rule("r", 0, action, on), Rule("away", 1, action, on)], ENGINE, "response")  # type: ignore[arg-type]


def careful(own: Rules, ledger: Ledger) -> Careful:
    return Careful(TOKENS, own.rules[1:], ENGINE.outlets, ledger)


@pytest.mark.parametrize("name", DIALECTS)
@tried(60)
@given(
    data=st.data(),
    places=hostile.cuts,
    ask=st.sampled_from(ASKS),
    action=st.sampled_from(("mask", "block", "flag")),
    restores=st.booleans(),
)
def test_S62_any_bytes_are_an_answer_or_a_problem(
    name: str, data: st.DataObject, places: list[int], ask: Ask, action: Action, *, restores: bool
) -> None:
    raw = data.draw(hostile.mutated(STREAMS[name]))
    word = data.draw(st.sampled_from((b"", b" operation dawn ", b"<EMAIL_1>")))
    at = data.draw(st.integers(0, len(raw)))
    own, ledger, target = rules(action), Ledger("", 0, 0), DIALECTS[data.draw(st.sampled_from(sorted(DIALECTS)))]
    restorer = careful(own, ledger) if restores else None
    lane = Guarded(Sides(DIALECTS[name], ask, target, ask), own, ledger, restorer)
    try:
        for piece in hostile.pieces(raw[:at] + word + raw[at:], places):
            lane.feed(piece)
        lane.end()
    except Problem as problem:
        lane.fail(problem)
    except ValueError as error:
        assert not isinstance(error, UnicodeError), error
    lane.close()


@pytest.mark.parametrize("target", DIALECTS)
@pytest.mark.parametrize("name", DIALECTS)
@tried(12)
@given(
    said=st.lists(st.tuples(st.sampled_from(CHANNELS), st.sampled_from(SAID)), min_size=1, max_size=16),
    called=st.lists(st.sampled_from(SAID), max_size=8),
    places=st.tuples(hostile.cuts, st.lists(st.integers(0, 40), max_size=3)),
    restores=st.booleans(),
)
def test_S62_what_a_client_joins_is_what_the_whole_text_became(
    name: str,
    target: str,
    said: list[tuple[str, str]],
    called: list[str],
    places: tuple[list[int], list[int]],
    *,
    restores: bool,
) -> None:
    """`places`: where the bytes are cut, and where frames stand that nobody knows."""
    cuts, strange = places
    said = sorted(said, key=lambda pair: pair[0] != "thinking")
    arguments = msgspec.json.encode({"a": "".join(called)}).decode() if called else ""
    own, ledger = rules("mask"), Ledger("", 0, 0)
    restorer = careful(own, ledger) if restores else None
    lane = Guarded(Sides(DIALECTS[name], ASK, DIALECTS[target], ASK), own, ledger, restorer)

    out = [lane.feed(piece) for piece in hostile.pieces(wire(name, said, arguments, strange), cuts)]
    heard = joined(target, b"".join([*out, lane.end()]))

    unsaid = UNSAID.get(name, frozenset()) | UNSAID.get(target, frozenset())
    for channel, place in (("text", "assistant"), ("thinking", "thinking")):
        if channel in unsaid:
            assert heard[channel] == ""
            continue
        whole = "".join(text for each, text in said if each == channel)
        assert heard[channel] == twin(whole, place, own, restorer), channel
    if arguments and "arguments" not in unsaid:
        expected = twin(arguments, "tool_arguments", own, restorer)
        assert msgspec.json.decode(heard["arguments"]) == msgspec.json.decode(expected)


def twin(text: str, place: str, own: Rules, restorer: Careful | None) -> str:
    holes = decided(Text(text, place, ""), ENGINE.look(text, own.at(place)[1]), own, Ledger("", 0, 0))
    if restorer is not None and (found := restorer.found(text, exact=place == "thinking")):
        json = place == "tool_arguments"
        holes += restorer.holes(text, found, "" if json else None, strict=json)
    return filled(text, holes)


def wire(name: str, said: Sequence[tuple[str, str]], arguments: str, strange: Sequence[int]) -> bytes:
    events: list[Event] = [Started("a", "m")]
    events += [TextDelta(text) if channel == "text" else ThinkingDelta(text) for channel, text in said]
    if arguments:
        events += [
            ToolStarted(0, "c1", "f"),
            *(ToolDelta(0, arguments[at : at + 3]) for at in range(0, len(arguments), 3)),
        ]
    encoder = DIALECTS[name].encoder(ASK)
    frames = [encoder.feed(event) for event in (*events, Finished("tool_use" if arguments else "stop"), Ended())]
    for at in strange:
        frames.insert(1 + at % (len(frames) - 2), UNKNOWN[name][at % len(UNKNOWN[name])])
    return b"".join(frames)


def joined(name: str, out: bytes) -> dict[str, str]:
    framing, decoder = DIALECTS[name].framing(ASK), DIALECTS[name].decoder(ASK)
    events = [event for frame in (*framing.feed(out), *framing.end()) for event in decoder.feed(frame)] + list(
        decoder.end()
    )
    return {
        "text": "".join(event.text for event in events if isinstance(event, TextDelta)),
        "thinking": "".join(event.text for event in events if isinstance(event, ThinkingDelta)),
        "arguments": "".join(event.arguments for event in events if isinstance(event, ToolDelta)),
    }
