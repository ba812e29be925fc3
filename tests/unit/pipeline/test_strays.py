"""Deltas that nobody here understands: what they say in pieces is one text under the rules, and clean ones leave as they came."""

from typing import Any

import msgspec
import pytest

from lockgate.codec import sse
from lockgate.core.dialect import Dialect
from lockgate.core.guard import Rule, Rules
from lockgate.core.problem import Kind, Problem
from lockgate.dialects import gemini_generate, ollama_chat, openai_chat
from lockgate.pipeline.guarded import Guarded
from lockgate.pipeline.lanes import Sides
from lockgate.pipeline.ledger import Ledger
from tests.unit.pipeline.test_provider_runs import ASK, CANARY, CLAUDES, ENGINE, MASK, block, claude, gemini

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


def test_a_delta_of_a_kind_to_come_that_is_no_utf8_is_the_upstreams_fault() -> None:
    frame = b'data: {"type":"content_block_delta","index":0,"delta":{"type":"new","x":"\x80"}}\n\n'
    with pytest.raises(Problem):
        passed(frame)


def of_openai(text: str, more: dict[str, Any], *, inside: bool) -> dict[str, Any]:
    delta = {"content": text} if text else {}
    choice = {"index": 0, "delta": {**delta, **more} if inside else delta, "finish_reason": None}
    return {"id": "c", "object": "chat.completion.chunk", "model": "m", "choices": [choice]} | ({} if inside else more)


def of_gemini(text: str, more: dict[str, Any], *, inside: bool) -> dict[str, Any]:
    part = {"text": text} if text else {}
    parts = [{**part, **more} if inside else part]
    return {"candidates": [{"content": {"parts": parts, "role": "model"}, "index": 0}]} | ({} if inside else more)


def of_ollama(text: str, more: dict[str, Any], *, inside: bool) -> dict[str, Any]:
    said = {"role": "assistant", "content": text}
    return {"model": "m", "message": {**said, **more} if inside else said, "done": False} | ({} if inside else more)


def event(document: Any) -> bytes:
    return b"data: " + msgspec.json.encode(document) + b"\n\n"


STOP = {"id": "c", "model": "m", "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}
END = {"candidates": [{"content": {"parts": []}, "index": 0, "finishReason": "STOP"}]}
OTHERS: dict[str, tuple[Dialect, Any, Any, bytes]] = {
    "openai_chat": (openai_chat.plugin, of_openai, event, event(STOP) + b"data: [DONE]\n\n"),
    "gemini_generate": (gemini_generate.plugin, of_gemini, event, event(END)),
    "ollama_chat": (
        ollama_chat.plugin,
        of_ollama,
        lambda document: msgspec.json.encode(document) + b"\n",
        b'{"model":"m","message":{"role":"assistant","content":""},"done":true,"done_reason":"stop"}\n',
    ),
}
BLOCK = Rules([Rule("r", 0, "block", frozenset(("response",)))], ENGINE, "response")


def streamed(name: str, said: list[tuple[str, dict[str, Any]]], *, inside: bool, rules: Rules = MASK) -> list[Any]:
    dialect, make, write, end = OTHERS[name]
    lane = Guarded(Sides(dialect, ASK, dialect, ASK), rules, Ledger("", 0, 0))
    out = b"".join([lane.feed(write(make(text, more, inside=inside))) for text, more in said])
    out += lane.feed(end) + lane.end()
    lines = [line.removeprefix(b"data: ") for line in out.splitlines()]
    return [msgspec.json.decode(line) for line in lines if line.startswith(b"{")]


def told(node: Any, name: str) -> str:
    """All that stands under a name, joined."""
    if isinstance(node, dict):
        own = node.get(name)
        return (own if isinstance(own, str) else "") + "".join(told(each, name) for each in node.values())
    return "".join(told(each, name) for each in node) if isinstance(node, list) else ""


@pytest.mark.parametrize("inside", [False, True], ids=["frame", "message"])
@pytest.mark.parametrize("name", OTHERS)
def test_S62_a_field_that_nobody_knows_is_one_text_over_frames(name: str, inside: bool) -> None:
    said = [("word ", {"brand_new": letter}) for letter in f"of {CANARY}. "]

    out = streamed(name, said, inside=inside)

    assert told(out, "brand_new") == "of [BLOCKLIST]. "
    assert told(out, "text" if name == "gemini_generate" else "content") == "word " * len(said)


@pytest.mark.parametrize("name", OTHERS)
def test_S62_such_a_field_in_frames_without_text(name: str) -> None:
    said = [("", {"brand_new": {"deep": [letter]}}) for letter in CANARY]

    assert b'"n"' not in msgspec.json.encode(streamed(name, said, inside=False))
    with pytest.raises(Problem) as problem:
        streamed(name, said, inside=False, rules=BLOCK)
    assert problem.value.kind is Kind.BLOCKED


@pytest.mark.parametrize("name", OTHERS)
def test_after_a_mask_what_nobody_knows_still_arrives(name: str) -> None:
    said = [(f"{CANARY}. ", {}), ("and so ", {"brand_new": "a source. "}), ("on. ", {"brand_new": "Another. "})]

    out = streamed(name, said, inside=True)

    assert told(out, "brand_new") == "a source. Another. "
    assert told(out, "text" if name == "gemini_generate" else "content") == "[BLOCKLIST]. and so on. "


@pytest.mark.parametrize("name", OTHERS)
def test_a_word_that_every_frame_repeats_holds_nothing_back(name: str) -> None:
    dialect, make, write, _ = OTHERS[name]
    lane = Guarded(Sides(dialect, ASK, dialect, ASK), MASK, Ledger("", 0, 0))
    frames = [write(make(f"word {n}. ", {"provider": "somebody"}, inside=False)) for n in range(60)]

    for frame in frames[:30]:
        lane.feed(frame)

    assert [lane.feed(frame) for frame in frames[30:]] == frames[30:]


@pytest.mark.parametrize("name", OTHERS)
def test_S60_more_places_than_are_followed_are_blocked(name: str) -> None:
    said = [("word ", {f"n{n}": "a "}) for n in range(600)]

    with pytest.raises(Problem) as problem:
        streamed(name, said, inside=False, rules=BLOCK)
    assert problem.value.kind is Kind.BLOCKED


def test_S62_a_frame_is_not_taken_for_another_one_whose_delta_stood_elsewhere() -> None:
    """A field that repeats the delta before it: what is left of the frame was left of one before, where another field did."""
    first, last = CANARY[: len(CANARY) // 2], CANARY[len(CANARY) // 2 :]

    def said(field: str, **delta: str) -> bytes:
        beside = {**dict.fromkeys("mab", ""), field: next(iter(delta.values()))}
        return sse.frame(msgspec.json.encode({**beside, "choices": [{"index": 0, "delta": delta}]}))

    frames = said("a", content=first), said("b", reasoning=last), said("m", content=first), said("m", reasoning=last)
    dialect = openai_chat.plugin
    lane = Guarded(Sides(dialect, ASK, dialect, ASK), MASK, Ledger("", 0, 0))
    out = lane.feed(b"".join(frames) + event(STOP) + b"data: [DONE]\n\n") + lane.end()

    assert not (frames[2] in out and frames[3] in out)


def chunk(**delta: Any) -> bytes:
    choice = {"index": 0, "delta": delta, "finish_reason": None}
    return b"data: " + msgspec.json.encode({"id": "a", "model": "m", "choices": [choice]}) + b"\n\n"


PICTURE = {"type": "image_url", "image_url": {"url": f"https://h.example/{CANARY}.png"}}
CALL = {"index": 0, "id": "c", "type": "function", "function": {"name": CANARY, "arguments": "{}"}}


@pytest.mark.parametrize(
    ("dialect", "wire", "times"),
    [
        (openai_chat.plugin, chunk(images=[PICTURE]), 1),
        (openai_chat.plugin, chunk(images=[PICTURE, PICTURE]), 2),
        (openai_chat.plugin, chunk(images=[PICTURE], brand_new=CANARY), 2),
        (openai_chat.plugin, chunk(tool_calls=[CALL]), 1),
        (gemini_generate.plugin, gemini({"fileData": {"mimeType": "image/png", "fileUri": f"https://h/{CANARY}"}}), 1),
    ],
    ids=["picture", "two pictures", "picture and a field", "call", "file"],
)
def test_what_an_event_says_in_words_is_found_once(dialect: Dialect, wire: bytes, times: int) -> None:
    ledger = Ledger("", 0, 0)
    lane = Guarded(Sides(dialect, ASK, dialect, ASK), MASK, ledger)

    out = lane.feed(wire)

    assert CANARY.encode() not in out
    assert len(ledger.findings) == times
