"""Ids that an answer hands out leave with a mark, whole and in a stream, on every way; all else keeps its bytes. They are the caller's then."""

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lockgate.core.auth import Caller
from lockgate.core.cache import CachePolicy
from lockgate.core.dialect import Ask, Dialect
from lockgate.dialects import anthropic_messages, openai_chat
from lockgate.pipeline.marking import Marking
from lockgate.pipeline.serve import serve
from tests.fakes import SSE, Answered, Script, inbound
from tests.unit.pipeline.gateway import KEY, rules, whole
from tests.unit.pipeline.keeping import HOLDER, PATHS, gate
from tests.unit.pipeline.kept import House
from tests.unit.pipeline.naming import SAID, claude_turn, openai_turn

WHO = Caller("key_1", "shop", teams=("shop",))
CODE = [{"type": "code_execution_20260521", "name": "code_execution"}]
CODED = claude_turn(SAID, tools=CODE)
SOUNDED = openai_turn(SAID, modalities=["text", "audio"], audio={"voice": "alloy", "format": "wav"})
BASH = {
    "type": "bash_code_execution_tool_result",
    "tool_use_id": "srvtoolu_1",
    "content": {"type": "bash_code_execution_result", "stdout": '"file_id":"file_1"', "stderr": "", "return_code": 0,
                "content": [{"type": "bash_code_execution_output", "file_id": "file_1"}]},
}  # fmt: skip
USE = {
    "type": "tool_use",
    "id": "toolu_1",
    "name": "n",
    "input": {"file_id": "file_of_a_model", "container": {"id": "c"}},
}
MESSAGE = {
    "id": "msg_1", "type": "message", "role": "assistant", "model": "m", "stop_reason": "end_turn", "stop_sequence": None,
    "content": [BASH, {"type": "text", "text": 'made "file_id": "file_1"'}, {"type": "container_upload", "file_id": "file_2"}, USE],
    "container": {"id": "container_1", "expires_at": "2026-11-28T00:00:00Z"}, "usage": {"input_tokens": 1, "output_tokens": 2},
}  # fmt: skip
COMPLETION = {
    "id": "c", "object": "chat.completion", "created": 1, "model": "m",
    "choices": [{"index": 0, "message": {"role": "assistant", "content": None, "refusal": None,
        "audio": {"id": "audio_1", "data": "AAAA", "expires_at": 1, "transcript": '"id":"audio_1"'}}, "finish_reason": "stop"}],
    "usage": {"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3},
}  # fmt: skip


def claude_events() -> list[dict[str, Any]]:
    begun = {**MESSAGE, "content": [], "stop_reason": None}
    return [
        {"type": "message_start", "message": begun},
        {"type": "content_block_start", "index": 0, "content_block": BASH},
        {"type": "content_block_stop", "index": 0},
        {"type": "content_block_start", "index": 1, "content_block": {"type": "text", "text": ""}},
        {"type": "content_block_delta", "index": 1, "delta": {"type": "text_delta", "text": 'made "file_id":"file_1"'}},
        {"type": "content_block_stop", "index": 1},
        {"type": "content_block_start", "index": 2, "content_block": {"type": "container_upload", "file_id": "file_2"}},
        {"type": "content_block_stop", "index": 2},
        {"type": "message_delta", "delta": {"stop_reason": "end_turn", "stop_sequence": None, "container": MESSAGE["container"]},
         "usage": {"output_tokens": 2}},
        {"type": "message_stop"},
    ]  # fmt: skip


def openai_events() -> list[dict[str, Any]]:
    head = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m"}
    deltas = [
        {"role": "assistant", "audio": {"id": "audio_1", "transcript": "he"}},
        {"audio": {"id": "audio_1", "data": "AAAA"}},
        {"audio": {"expires_at": 1}},
    ]
    chunks = [{**head, "choices": [{"index": 0, "delta": each, "finish_reason": None}]} for each in deltas]
    return [*chunks, {**head, "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}]


def spaced(document: Any) -> bytes:
    """With spaces, as no encoder of ours writes it."""
    return json.dumps(document).encode()


STREAMS: dict[str, list[bytes]] = {
    "anthropic": [b"event: %b\ndata: %b\n\n" % (each["type"].encode(), spaced(each)) for each in claude_events()],
    "openai": [*(b"data: %b\n\n" % spaced(each) for each in openai_events()), b"data: [DONE]\n\n"],
}
ASKED = {"anthropic": CODED, "openai": SOUNDED}
IDS = {"anthropic": ("container_1", "file_1", "file_2"), "openai": ("audio_1",)}
ANSWERS = {"anthropic": spaced(MESSAGE), "openai": spaced(COMPLETION)}
WAYS: dict[str, dict[str, Any]] = {
    "verbatim": {},
    "rules": {"request_rules": rules("mask", "request"), "response_rules": rules("mask", "response")},
}


async def ask(name: str, answer: Answered, way: str, **more: Any) -> bytes:
    raw = msgspec.json.encode({**ASKED[name], **more})
    reply = await serve(gate(Script(answer), name, **WAYS[way]), inbound(PATHS[name], raw, KEY))
    assert reply.status == 200
    return await whole(reply)


def without(body: bytes, ids: tuple[str, ...]) -> tuple[bytes, int]:
    """As the upstream said it, if every mark in it is true; and how many there are."""
    found, count = body.decode(), 0
    for id_ in ids:
        for mark in {found[at : at + len(id_) + 39] for at in range(len(found)) if found.startswith(id_ + "_lg", at)}:
            assert HOLDER.plain(mark, WHO) == id_
            count += found.count(mark)
            found = found.replace(mark, id_)
    return found.encode(), count


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(("name", "marks"), [("anthropic", 3), ("openai", 1)])
async def test_a_whole_answer_is_the_upstreams_but_for_marks(name: str, marks: int, way: str) -> None:
    body = await ask(name, Answered(200, [ANSWERS[name]]), way)

    found, count = without(body, IDS[name])
    assert found == ANSWERS[name] if way == "verbatim" else json.loads(found) == json.loads(ANSWERS[name])
    assert count == marks


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(("name", "marks"), [("anthropic", 4), ("openai", 2)])
async def test_a_stream_is_the_upstreams_but_for_marks(name: str, marks: int, way: str) -> None:
    body = await ask(name, Answered(200, STREAMS[name], SSE), way, stream=True)

    assert without(body, IDS[name]) == (b"".join(STREAMS[name]), marks)


@pytest.mark.parametrize(
    ("name", "dialect"), [("anthropic", anthropic_messages.plugin), ("openai", openai_chat.plugin)]
)
@given(st.data())
def test_however_a_stream_is_cut_the_marks_are_the_same(name: str, dialect: Dialect, data: st.DataObject) -> None:
    raw = b"".join(STREAMS[name])
    cuts = sorted(data.draw(st.lists(st.integers(0, len(raw)), max_size=12)))
    marking = Marking(dialect, Ask("m", stream=True), lambda id_: id_ + "!")

    out = [frame for at, to in zip([0, *cuts], [*cuts, len(raw)], strict=True) for frame in marking.feed(raw[at:to])]

    assert b"".join([*out, *marking.end()]).replace(b'!"', b'"') == raw
    assert b"".join(out).count(b'!"') == (4 if name == "anthropic" else 2)


@pytest.mark.parametrize(
    ("name", "dialect"), [("anthropic", anthropic_messages.plugin), ("openai", openai_chat.plugin)]
)
@given(st.recursive(st.none() | st.text() | st.integers(), lambda inner: st.lists(inner) | st.dictionaries(
    st.sampled_from(["audio", "id", "container", "file_id", "choices", "delta", "message", "content", "input"]), inner), max_leaves=12))  # fmt: skip
def test_whatever_comes_keeps_its_bytes_but_for_marks(name: str, dialect: Dialect, document: Any) -> None:
    assert dialect.naming is not None
    assert dialect.naming.marked is not None
    raw = spaced(document)

    assert dialect.naming.marked(raw, lambda id_: id_) == raw
    assert dialect.naming.marked(raw[:-1], lambda id_: id_ + "!") == raw[:-1] or raw[:-1].isdigit()


async def test_where_no_answer_has_any_the_bytes_are_the_upstreams() -> None:
    """And where one has all the same, nobody can name it: it has no mark."""
    raw = msgspec.json.encode(claude_turn(SAID))
    reply = await serve(
        gate(Script(Answered(200, [ANSWERS["anthropic"]])), "anthropic"), inbound(PATHS["anthropic"], raw, KEY)
    )

    assert await whole(reply) == ANSWERS["anthropic"]


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
async def test_what_was_given_is_named_again_at_every_place(*, stream: bool) -> None:
    answer = Answered(200, STREAMS["anthropic"], SSE) if stream else Answered(200, [ANSWERS["anthropic"]])
    said = (await ask("anthropic", answer, "verbatim", stream=stream)).decode()
    marked = {id_: said[(at := said.index(id_ + "_lg")) : at + len(id_) + 39] for id_ in IDS["anthropic"]}
    turn = json.loads(json.dumps(MESSAGE["content"]).replace('"file_id": "file_1"', f'"file_id": "{marked["file_1"]}"').replace(
        '"file_2"', f'"{marked["file_2"]}"'))  # fmt: skip
    script = Script(Answered(200, [ANSWERS["anthropic"]]))
    raw = msgspec.json.encode({**claude_turn(*turn, role="assistant", tools=CODE), "container": marked["container_1"]})

    reply = await serve(gate(script, "anthropic"), inbound(PATHS["anthropic"], raw, KEY))

    assert reply.status == 200
    sent = json.loads(script.sent[0].body)
    assert sent["container"] == "container_1"
    assert sent["messages"][0]["content"] == MESSAGE["content"]


@pytest.mark.parametrize(
    ("more", "asked"), [({}, 1), ({"modalities": ["audio"]}, 2), ({"tools": [{"type": "x", "y_id": "z"}]}, 2)]
)
async def test_an_answer_with_ids_is_kept_in_no_cache(more: dict[str, Any], asked: int) -> None:
    house = House(*[Answered(200, [ANSWERS["openai"]])] * 2, policy=CachePolicy(60, "team", tools=True, warm=True))
    for key in (b"lg-web", b"lg-app"):
        await house.ask(key=key, **more)

    assert house.calls == asked


@pytest.mark.parametrize("kind", ["mcp_tool_result", "web_fetch_tool_result"])
async def test_S17_no_stranger_gets_a_mark_for_what_it_says(kind: str) -> None:
    """The client may name the server: by an id of somebody else's file in its result, it would come to a mark of its own for it."""
    said = {"type": kind, "tool_use_id": "t", "content": [{"type": "document", "file_id": "file_theirs"}]}
    body = spaced({**MESSAGE, "content": [said, BASH]})

    found, count = without(await ask("anthropic", Answered(200, [body]), "verbatim"), IDS["anthropic"])

    assert found == body
    assert count == 2
