"""The own tests of the guard against size."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lockgate.core.body import head
from lockgate.core.dialect import Ask, Dialect
from lockgate.core.events import TextDelta
from lockgate.core.guard import Action, Rule, Rules
from lockgate.core.problem import Kind, Problem
from lockgate.core.registry import tables
from lockgate.guards.size import plugin
from lockgate.patterns.following import Following
from lockgate.pipeline.hold import Holdback
from lockgate.pipeline.ledger import Ledger
from lockgate.pipeline.screen import screened

DIALECTS = tables("lockgate.dialects", Dialect)
TEN = Rules([Rule("r", 0, "mask", frozenset(("response",)))], Following([plugin(characters=10).build()]), "response")


def screen(
    settings: plugin, document: Any, action: Action = "block", dialect: str = "openai_chat"
) -> tuple[bytes, Ledger]:
    rules = Rules([Rule("r", 0, action)], Following([settings.build()]), "request")
    ledger = Ledger("", 0, 0)
    return screened(head(msgspec.json.encode(document)), DIALECTS[dialect], rules, ledger).wire(), ledger


def openai(messages: int = 1, tools: int = 0, text: str = "hi") -> dict[str, Any]:
    offered = [{"type": "function", "function": {"name": f"f{n}", "parameters": {}}} for n in range(tools)]
    return {"model": "m", "messages": [{"role": "user", "content": text}] * messages, "tools": offered}


def gemini(messages: int) -> dict[str, Any]:
    return {"contents": [{"role": "user", "parts": [{"text": "hi"}]}] * messages}


@pytest.mark.parametrize(
    ("settings", "fits", "large"),
    [
        (plugin(characters=20), openai(text="1" * 20), openai(text="1" * 21)),
        (plugin(messages=3), openai(3), openai(4)),
        (plugin(tools=2), openai(tools=2), openai(tools=3)),
        (plugin(nesting=4), {**openai(), "x": [[[1]]]}, {**openai(), "x": [[[[1]]]]}),
    ],
    ids=["characters", "messages", "tools", "nesting"],
)
def test_what_is_too_large_is_found_and_what_just_fits_is_not(settings: plugin, fits: Any, large: Any) -> None:
    assert screen(settings, fits)[1].findings == []

    assert len(screen(settings, large, "flag")[1].findings) == 1
    with pytest.raises(Problem) as raised:
        screen(settings, large)
    assert raised.value.kind is Kind.BLOCKED


def test_messages_are_counted_in_every_dialect() -> None:
    anthropic = {"model": "m", "max_tokens": 1, "messages": [{"role": "user", "content": "hi"}] * 3}
    ollama = {"model": "m", "messages": [{"role": "user", "content": "hi"}] * 3}
    for dialect, document in (
        ("gemini_generate", gemini(3)),
        ("anthropic_messages", anthropic),
        ("ollama_chat", ollama),
    ):
        screen(plugin(messages=3), document, dialect=dialect)
        with pytest.raises(Problem):
            screen(plugin(messages=2), document, dialect=dialect)


def test_a_mask_cannot_make_fewer_messages_so_it_blocks() -> None:
    with pytest.raises(Problem, match="'r'"):
        screen(plugin(messages=1), openai(2), "mask")


def test_a_mask_takes_what_is_too_long() -> None:
    wire, notes = screen(plugin(characters=10), openai(text="1234567890 and more"), "mask")

    assert msgspec.json.decode(wire)["messages"][0]["content"] == "1234567890[CHARACTERS]"
    assert {found.label for found in notes.findings} == {"characters"}


@given(st.lists(st.text("ab ", max_size=6), max_size=8))
def test_S62_any_cutting_shows_the_same(pieces: list[str]) -> None:
    hold = Holdback(TEN, Ledger("", 0, 0))
    out = [e for piece in pieces for release in hold.feed(None, [TextDelta(piece)]) for e in release.events]
    out += [e for release in hold.end() for e in release.events]

    whole = "".join(pieces)
    expected = whole if len(whole) <= 10 else whole[:10] + "[CHARACTERS]"
    assert "".join(event.text for event in out if isinstance(event, TextDelta)) == expected


@pytest.mark.parametrize("action", ["mask", "block"])
def test_frames_of_a_stream_are_no_texts(action: Action) -> None:
    """What stands in one beside the text adds up to nothing."""
    rules = Rules([Rule("r", 0, action, frozenset(("response",)))], TEN.engine, "response")
    notes, frames = Ledger("", 0, 0), []
    hold = Holdback(rules, notes, source=(DIALECTS["openai_chat"], Ask("m", stream=True)))
    for piece in "short":
        chunk = {
            "id": "chatcmpl-0123456789",
            "object": "chat.completion.chunk",
            "model": "a-model",
            "choices": [{"index": 0, "delta": {"content": piece}, "finish_reason": None}],
        }
        frames.append(b"data: %b\n\n" % msgspec.json.encode(chunk))

    left = [r.frame for f, p in zip(frames, "short", strict=True) for r in hold.feed(f, [TextDelta(p)])]
    left += [release.frame for release in hold.end()]

    assert [each for each in left if each is not None] == frames
    assert notes.findings == []


@pytest.mark.parametrize("action", ["mask", "block"])
def test_what_a_dialect_does_not_know_is_a_text_over_frames(action: Action) -> None:
    rules = Rules([Rule("r", 0, action, frozenset(("response",)))], TEN.engine, "response")
    notes = Ledger("", 0, 0)
    hold = Holdback(rules, notes, source=(DIALECTS["openai_chat"], Ask("m", stream=True)))

    def feed() -> None:
        for n in range(4):
            chunk = {"choices": [{"index": 0, "delta": {"reasonings": f"part{n}"}, "finish_reason": None}]}
            hold.feed(b"data: %b\n\n" % msgspec.json.encode(chunk), [])
        hold.end()

    if action == "block":
        with pytest.raises(Problem):
            feed()
    else:
        feed()
    assert {found.label for found in notes.findings} == {"characters"}


def test_messages_are_of_requests() -> None:
    assert "`on`" in plugin(messages=3).misplaced(("response",))
    assert not plugin(messages=3).misplaced(("response", "tool_results"))
    assert not plugin(characters=3).misplaced(("response",))


def test_refuses_nonsense_before_traffic() -> None:
    with pytest.raises(ValueError, match="`characters`"):
        plugin().build()
