"""Calls whose arguments Gemini streams in pieces: the client gets each of them once, and under the rules."""

from collections.abc import Sequence
from typing import Any, Literal

import msgspec
import pytest

from lockgate.core.body import head
from lockgate.core.events import ToolDelta, ToolStarted
from lockgate.core.exchange import Call
from lockgate.core.flow_rule import Flowing, FlowRule
from lockgate.core.guard import Rules
from lockgate.core.names import Names
from lockgate.core.problem import Kind, Problem
from lockgate.dialects import gemini_generate, ollama_chat
from lockgate.pipeline.guarded import Guarded
from lockgate.pipeline.lanes import Sides, Verbatim
from lockgate.pipeline.ledger import Ledger
from lockgate.pipeline.tools import Bounded
from tests.unit.pipeline.test_provider_runs import ASK, CANARY, MASK
from tests.unit.pipeline.test_strays import BLOCK, END, event


def called(
    letters: Sequence[str], *, name: str = "note", path: str = "$.a", opened: bool = False
) -> list[dict[str, Any]]:
    """A call whose one argument comes letter by letter, as Google's platform streams it."""
    calls: list[dict[str, Any]] = [{"name": name, "willContinue": True}]
    for letter in letters:
        piece = {"jsonPath": path, "stringValue": letter, "willContinue": True}
        calls.append({"partialArgs": [piece], "willContinue": True})
    return [{"functionCall": call} for call in (calls if opened else [*calls, {}])]


def gemini_parts(
    *parts: dict[str, Any], rules: Rules = MASK, ledger: Ledger | None = None
) -> tuple[list[bytes], list[bytes]]:
    dialect = gemini_generate.plugin
    chunks = [{"candidates": [{"content": {"parts": [part], "role": "model"}, "index": 0}]} for part in parts]
    wire = [*map(event, chunks), event(END)]
    lane = Guarded(Sides(dialect, ASK, dialect, ASK), rules, ledger or Ledger("", 0, 0))
    return wire, [*(lane.feed(frame) for frame in wire), lane.end()]


def calls(out: bytes) -> list[tuple[str, str]]:
    """The calls that a client makes of them, with what they are given."""
    decoder = gemini_generate.plugin.decoder(ASK)
    events = [each for frame in gemini_generate.plugin.framing(ASK).feed(out) for each in decoder.feed(frame)]
    events += decoder.end()
    names = [each.name for each in events if isinstance(each, ToolStarted)]
    return list(zip(names, [each.arguments for each in events if isinstance(each, ToolDelta)], strict=True))


@pytest.mark.parametrize("opened", [False, True], ids=["closed", "closed by the end"])
def test_S62_a_call_in_pieces_that_is_masked_comes_once(opened: bool) -> None:
    _, left = gemini_parts({"text": "so. "}, *called(f"of {CANARY}. ", opened=opened), {"text": "Done. "})
    out = b"".join(left)

    assert calls(out) == [("note", '{"a":"of [BLOCKLIST]. "}')]
    assert b"partialArgs" not in out
    assert out.count(b'"so. "') == out.count(b'"Done. "') == 1


@pytest.mark.parametrize("pieces", [[CANARY], [CANARY[:5], CANARY[5:]], list(CANARY)], ids=["whole", "two", "letters"])
def test_what_is_found_in_a_call_is_written_down_once_however_it_came(pieces: list[str]) -> None:
    ledger = Ledger("", 0, 0)

    _, left = gemini_parts(*called(pieces), ledger=ledger)

    assert [(found.place, found.action) for found in ledger.findings] == [("response.tool_arguments", "mask")]
    assert calls(b"".join(left)) == [("note", '{"a":"[BLOCKLIST]"}')]


def test_a_clean_call_in_pieces_leaves_as_it_came_once_it_is_whole() -> None:
    parts = [{"text": "so. "}, *called("a word"), *called("more", name="other"), {"text": "Done. "}]

    wire, left = gemini_parts(*parts)

    assert b"".join(left) == b"".join(wire)
    assert left[0] == wire[0]
    assert not any(left[1:8])


def test_S62_a_call_that_left_does_not_come_again_when_the_next_one_is_masked() -> None:
    whole = {"functionCall": {"name": "first", "args": {"a": "word"}}}

    _, left = gemini_parts(whole, *called("clean", name="second"), *called(CANARY))

    assert calls(b"".join(left)) == [
        ("first", '{"a":"word"}'),
        ("second", '{"a":"clean"}'),
        ("note", '{"a":"[BLOCKLIST]"}'),
    ]


def test_S62_no_piece_of_a_call_leaves_that_a_rule_blocks() -> None:
    with pytest.raises(Problem) as problem:
        gemini_parts(*called(CANARY), rules=BLOCK)
    assert problem.value.kind is Kind.BLOCKED


def test_S62_a_whole_call_that_left_does_not_come_again_in_other_dialects() -> None:
    """Ollama's encoder says calls at the end, too."""
    dialect = ollama_chat.plugin
    said = {"role": "assistant", "content": ""}
    told = [
        {**said, "tool_calls": [{"function": {"name": "first", "arguments": {"a": "word"}}}]},
        {**said, "tool_calls": [{"function": {"name": "second", "arguments": {"a": CANARY}}}]},
    ]
    frames = [msgspec.json.encode({"model": "m", "message": each, "done": False}) + b"\n" for each in told]
    end = b'{"model":"m","message":{"role":"assistant","content":""},"done":true,"done_reason":"stop"}\n'
    lane = Guarded(Sides(dialect, ASK, dialect, ASK), MASK, Ledger("", 0, 0))

    out = b"".join([lane.feed(frame) for frame in (*frames, end)]) + lane.end()

    assert out.count(b'"first"') == out.count(b'"second"') == 1
    assert b"[BLOCKLIST]" in out


def test_S62_a_forbidden_call_is_stopped_at_its_first_piece() -> None:
    """And what a rule says of it is written down once."""
    dialect = gemini_generate.plugin
    sides = Sides(dialect, ASK, dialect, ASK)
    cases: list[tuple[Literal["block", "flag"], bool]] = [("block", True), ("flag", False)]
    for action, stopped in cases:
        ledger, flow = Ledger("", 0, 0), Flowing(FlowRule("no-way-out", Names(("send_*",)), action=action))
        call = Call(dialect, "chat", ASK, head(b"{}"), (), (flow,))
        lane = Bounded(Verbatim(sides, ledger), sides, call, ledger)
        parts = called("Dear", name="send_mail")
        chunks = [{"candidates": [{"content": {"parts": [part], "role": "model"}, "index": 0}]} for part in parts]
        if stopped:
            with pytest.raises(Problem):
                lane.feed(event(chunks[0]))
        else:
            assert b"send_mail" in b"".join([lane.feed(event(chunk)) for chunk in chunks])
        assert len(ledger.findings) == 1
