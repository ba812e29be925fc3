"""However a text is cut into deltas, what leaves is what masking the whole text would give; and nothing leaves too early."""

from collections.abc import Sequence
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lockgate.core.events import Ended, Event, Finished, Started, TextDelta, ThinkingDelta, ToolDelta, ToolStarted
from lockgate.core.guard import Action, Engine, Rule, Rules
from lockgate.core.problem import Kind, Problem
from lockgate.guards.blocklist import plugin
from lockgate.patterns.looking import Looking
from lockgate.pipeline.decide import Text, decided, filled
from lockgate.pipeline.hold import Holdback
from lockgate.pipeline.ledger import Ledger

TEXTS = st.lists(st.sampled_from(["blue", "bird", "bl", "u", "e", " ", "BIRD", "x", "dawn", "blu"]), max_size=20)


@cache
def engine(*words: str) -> Engine:
    return Looking([plugin(words=words).build()])


def rules(action: Action = "mask", *words: str) -> Rules:
    rule = Rule("r", 0, action, frozenset(("response",)))
    return Rules([rule], engine(*(words or ("bluebird", "dawn"))), "response")


def masked(text: str, notes: Ledger) -> str:
    """The whole text at once."""
    own = rules()
    holes = decided(Text(text, "assistant", ""), own.engine.look(text, frozenset((0,))), own, notes)
    return filled(text, holes)


def ledger() -> Ledger:
    return Ledger("id", 0.0, 0.0)


def run(hold: Holdback, frames: Sequence[tuple[bytes | None, Sequence[Event]]]) -> tuple[list[bytes], list[Event]]:
    """The original frames that left, and all events that left."""
    raw: list[bytes] = []
    events: list[Event] = []
    for release in [r for frame, some in frames for r in hold.feed(frame, some)] + hold.end():
        raw += [release.frame] if release.frame is not None else []
        events += release.events
    return raw, events


def said(events: Sequence[Event], kind: type[TextDelta] | type[ThinkingDelta] = TextDelta, choice: int = 0) -> str:
    return "".join(event.text for event in events if isinstance(event, kind) and event.choice == choice)


@settings(deadline=None)
@given(TEXTS)
def test_any_cutting_masks_the_same(pieces: list[str]) -> None:
    notes = ledger()
    _, events = run(Holdback(rules(), notes), [(b"f", [TextDelta(piece)]) for piece in pieces])

    whole = ledger()
    assert said(events) == masked("".join(pieces), whole)
    assert len(notes.findings) == len(whole.findings)


@settings(deadline=None)
@given(TEXTS)
def test_clean_frames_leave_as_they_came(pieces: list[str]) -> None:
    frames = [(b"%d" % i, [TextDelta(piece)]) for i, piece in enumerate(pieces)]

    raw, events = run(Holdback(rules("mask", "nowhere"), ledger()), frames)

    assert raw == [frame for frame, _ in frames]
    assert said(events) == "".join(pieces)


@settings(deadline=None)
@given(TEXTS, TEXTS)
def test_channels_do_not_mix(texts: list[str], thoughts: list[str]) -> None:
    frames: list[tuple[None, list[Event]]] = []
    for i in range(max(len(texts), len(thoughts))):
        frames += [(None, [TextDelta(text)]) for text in texts[i : i + 1]]
        frames += [(None, [ThinkingDelta(text, choice=1)]) for text in thoughts[i : i + 1]]

    _, events = run(Holdback(rules(), ledger()), frames)

    assert said(events) == masked("".join(texts), ledger())
    assert said(events, ThinkingDelta, 1) == masked("".join(thoughts), ledger())


@settings(deadline=None)
@given(TEXTS)
def test_nothing_of_a_blocked_word_leaves_before_the_block(pieces: list[str]) -> None:
    hold, left = Holdback(rules("block", "bluebird"), ledger()), ""
    try:
        for piece in pieces:
            left += said([e for release in hold.feed(None, [TextDelta(piece)]) for e in release.events])
        left += said([e for release in hold.end() for e in release.events])
    except Problem as problem:
        assert problem.kind is Kind.BLOCKED
        first = "".join(pieces).lower().index("bluebird")
        assert len(left) <= first
    else:
        assert left == "".join(pieces)
        assert "bluebird" not in left.lower()


def test_a_word_around_a_tool_call_is_still_one_word() -> None:
    frames: list[tuple[bytes, list[Event]]] = [
        (b"0", [Started("i", "m")]),
        (b"1", [TextDelta("blue")]),
        (b"2", [ToolStarted(0, "c", "f"), ToolDelta(0, "{}")]),
        (b"3", [TextDelta("bird")]),
        (b"4", [Finished("stop"), Ended()]),
    ]

    raw, events = run(Holdback(rules(), ledger()), frames)

    assert raw == [b"0"]
    assert said(events) == "[BLOCKLIST]"
    assert [type(event) for event in events] == [Started, TextDelta, ToolStarted, ToolDelta, Finished, Ended]


def test_arguments_of_two_calls_are_two_texts() -> None:
    frames = [(None, [ToolDelta(0, "blue")]), (None, [ToolDelta(1, "bird")]), (None, [ToolDelta(0, "bird")])]

    _, events = run(Holdback(rules(), ledger()), frames)

    assert [(e.call, e.arguments) for e in events if isinstance(e, ToolDelta)] == [(0, "[BLOCKLIST]"), (1, "bird")]


def test_a_finished_choice_waits_no_longer() -> None:
    hold = Holdback(rules(), ledger())
    hold.feed(b"1", [TextDelta("blue")])

    assert [r.frame for r in hold.feed(b"2", [Finished("stop")])] == [b"1", b"2"]


@pytest.mark.parametrize("action", ["flag", "mask"])
def test_findings_are_written_down_without_the_text(action: Action) -> None:
    notes = ledger()

    run(Holdback(rules(action), notes), [(None, [TextDelta("to bluebird")])])

    assert [(f.rule, f.label, f.place, f.action) for f in notes.findings] == [
        ("r", "blocklist", "response.text", action)
    ]


def test_an_answer_does_not_wait_for_the_last_word_of_its_thoughts() -> None:
    hold = Holdback(rules(), ledger())
    hold.feed(b"1", [ThinkingDelta("so")])

    left = [release.frame for release in hold.feed(b"2", [TextDelta("it is, ")])]

    assert left == [b"1", b"2"]


def test_what_spans_thoughts_with_a_text_between_is_found_all_the_same() -> None:
    blocking = Holdback(rules("block"), ledger())
    blocking.feed(b"1", [ThinkingDelta("blue")])
    blocking.feed(b"2", [TextDelta("and ")])

    with pytest.raises(Problem):
        run(blocking, [(b"3", [ThinkingDelta("bird")])])


def test_who_goes_to_and_fro_is_not_believed() -> None:
    hold = Holdback(rules(), ledger())
    frames: list[tuple[bytes | None, Sequence[Event]]] = []
    for letter in "x" * 16 + "bluebird":
        frames += [(None, [ThinkingDelta(letter)]), (None, [TextDelta("a ")])]

    _, events = run(hold, frames)

    assert "bluebird" not in said(events, ThinkingDelta)
    assert said(events, ThinkingDelta).startswith("x" * 16)
