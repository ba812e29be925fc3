"""Deltas that nobody here understands: what they say in pieces is one text under the rules, and clean ones leave as they came."""

from typing import Any

import pytest

from lockgate.codec import sse
from lockgate.dialects import openai_chat
from lockgate.pipeline.guarded import Guarded
from lockgate.pipeline.lanes import Sides
from lockgate.pipeline.ledger import Ledger
from tests.unit.pipeline.test_provider_runs import ASK, CANARY, CLAUDES, MASK, block, claude

TOOL = {"type": "tool_use", "id": "t", "name": "x", "input": {}}
TEXT = {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}}
FUTURE = {"type": "content_block_start", "index": 0, "content_block": {"type": "future", "content": None}}


def delta(**said: Any) -> dict[str, Any]:
    return {"type": "content_block_delta", "index": 0, "delta": said}


def passed(wire: bytes) -> bytes:
    lane = Guarded(Sides(CLAUDES, ASK, CLAUDES, ASK), MASK, Ledger("", 0, 0))
    return lane.feed(wire) + lane.end()


def cut(text: str, kind: str, *path: str) -> list[dict[str, Any]]:
    """A delta for each of the letters."""
    found = []
    for letter in text:
        said: Any = letter
        for name in reversed(path):
            said = {name: said}
        found.append(delta(type=kind, **said))
    return found


KINDS = {
    "call that never began": lambda text: cut(text, "input_json_delta", "partial_json"),
    "call that was over": lambda text: [*block(0, TOOL, "{}"), *cut(text, "input_json_delta", "partial_json")],
    "citation": lambda text: [TEXT, *cut(text, "citations_delta", "citation", "cited_text")],
    "kind to come": lambda text: [FUTURE, *cut(text, "future_delta", "content")],
    "no kind": lambda text: cut(text, "", "text"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_S62_words_of_deltas_that_nobody_understands_are_found_in_pieces(kind: str) -> None:
    out = passed(claude(*KINDS[kind](CANARY)))

    assert b'"n"' not in out
    assert sse.frame(b'{"type":"message_stop"}', "message_stop") in out


@pytest.mark.parametrize("kind", KINDS)
def test_clean_ones_leave_as_they_came(kind: str) -> None:
    wire = claude(*KINDS[kind]("a word. And more"), {**TEXT, "index": 1}, *cut("it is so", "text_delta", "text"))

    assert passed(wire) == wire


def test_nothing_waits_for_their_last_word() -> None:
    lane = Guarded(Sides(CLAUDES, ASK, CLAUDES, ASK), MASK, Ledger("", 0, 0))
    said = claude(TEXT, *cut("word", "citations_delta", "cited_text"), delta(type="text_delta", text="it is. "))
    begun = said[: said.index(b"event: message_delta")]

    assert lane.feed(begun) == begun


def test_another_dialect_does_not_hear_of_them() -> None:
    lane = Guarded(Sides(CLAUDES, ASK, openai_chat.plugin, ASK), MASK, Ledger("", 0, 0))

    out = lane.feed(claude(TEXT, *cut("word", "citations_delta", "cited_text"))) + lane.end()

    assert b"word" not in out
    assert out.endswith(b"data: [DONE]\n\n")
