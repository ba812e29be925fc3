"""Marks on what a provider holds, on every way that an answer takes: verbatim, under rules, under rules that ask elsewhere."""

import json
from collections.abc import Mapping
from dataclasses import replace
from hashlib import sha256
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import UNSET

from lockgate.codec import sse
from lockgate.core.access import Access
from lockgate.core.audit import Proving
from lockgate.core.auth import Caller
from lockgate.core.dialect import Ask
from lockgate.core.exchange import Route
from lockgate.core.holder import Holder, account
from lockgate.core.key_digest import Pepper
from lockgate.core.remote_guard import RemoteRules
from lockgate.dialects import openai_responses
from lockgate.pipeline.marking import Marking
from lockgate.pipeline.serve import Gateway, serve
from lockgate.providers import openai
from tests.e2e.holding import CALL, events
from tests.fakes import SSE, Answered, Notebook, Script, inbound
from tests.unit.pipeline.elsewhere import Detective, remote
from tests.unit.pipeline.gateway import KEY, OPENAI, gateway, policies, rules, whole

WHO = Caller("key_1", "shop", teams=("shop",))
HOLDER = Holder(Pepper(bytes(32)), account("here"))
assert openai.plugin.responses is not None
NATIVE = replace(
    OPENAI,
    provider=replace(openai.plugin, services=(*openai.plugin.services, openai.plugin.responses)),
    holder=HOLDER,
    seed=7,
)
WAYS: Mapping[str, Mapping[str, Any]] = {
    "verbatim": {},
    "rules": {"request_rules": rules("mask", "request"), "response_rules": rules("mask", "response")},
    "elsewhere": remote(Detective()),
}


def answer(text: str = "hello") -> dict[str, Any]:
    part = {"type": "output_text", "text": text, "annotations": []}
    return {
        "id": "resp_1", "object": "response", "created_at": 1, "model": "gpt-real", "status": "completed", "error": None, "brand_new": {"id": "x"},
        "output": [{"id": "msg_1", "type": "message", "status": "completed", "role": "assistant", "content": [part]}, {"id": "fc_1", "status": "completed", **CALL}],
        "usage": {"input_tokens": 9, "output_tokens": 7, "total_tokens": 16},
    }  # fmt: skip


def streamed(text: str = "hello") -> list[bytes]:
    return [sse.frame(msgspec.json.encode(event), event["type"]) for event in events(answer(text))]


def held(script: Script, notebook: Notebook, way: str) -> Gateway:
    own: Mapping[str, RemoteRules | Any] = WAYS[way]
    routes = {"native": Route("native", (NATIVE,), **own)}
    base = replace(gateway(script, notebook), proving=Proving("p", always=True))
    return replace(base, policies=policies(routes, shop=Access(models=("native",))))


async def ask(script: Script, way: str, **body: Any) -> tuple[int, bytes, Notebook]:
    notebook = Notebook()
    raw = msgspec.json.encode({"model": "native", "input": "hi", **body})
    reply = await serve(held(script, notebook, way), inbound("/v1/responses", raw, KEY))
    return reply.status, await whole(reply), notebook


def without(body: bytes) -> bytes:
    """As the upstream said it, if every mark in it is true."""
    found = body.decode()
    for id_ in ("resp_1", "msg_1", "fc_1"):
        marks = {found[at : at + len(id_) + 39] for at in range(len(found)) if found.startswith(id_ + "_lg", at)}
        for mark in marks:
            opened = HOLDER.opened(mark, WHO)
            assert opened is not None
            assert (opened.id, opened.seed) == (id_, 7)
            found = found.replace(mark, id_)
    return found.encode()


@pytest.mark.parametrize("way", ["verbatim", "rules"])
async def test_a_stream_is_the_upstreams_but_for_marks(way: str) -> None:
    frames = streamed()

    status, body, notebook = await ask(Script(Answered(200, frames, SSE)), way, stream=True)

    assert status == 200
    assert without(body) == b"".join(frames)
    assert body.count(b'"id":"resp_1_lg') == 3
    assert b'"item_id":"msg_1"' not in body
    hashes = notebook.outcome.hashes
    assert hashes is not UNSET
    assert (hashes.upstream, hashes.response) == (sha256(b"".join(frames)).hexdigest(), sha256(body).hexdigest())


async def test_a_stream_that_is_written_anew_has_its_mark() -> None:
    frames = streamed()

    _, body, notebook = await ask(Script(Answered(200, frames, SSE)), "elsewhere", stream=True)

    assert body.count(b'"id":"resp_1_lg') == 3
    assert b"msg_1" not in body
    hashes = notebook.outcome.hashes
    assert hashes is not UNSET
    assert (hashes.upstream, hashes.response) == (sha256(b"".join(frames)).hexdigest(), sha256(body).hexdigest())


@pytest.mark.parametrize("way", WAYS)
async def test_a_whole_answer_is_the_upstreams_but_for_marks(way: str) -> None:
    raw = msgspec.json.encode(answer())

    status, body, notebook = await ask(Script(Answered(200, [raw])), way)

    assert status == 200
    assert without(body) == raw
    assert body.count(b"_lg") == 3
    hashes = notebook.outcome.hashes
    assert hashes is not UNSET
    assert (hashes.upstream, hashes.response) == (sha256(raw).hexdigest(), sha256(body).hexdigest())


@pytest.mark.parametrize(("way", "word"), [("rules", "bluebird"), ("elsewhere", "nightingale")])
@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
async def test_a_text_that_changed_is_held_all_the_same(way: str, word: str, *, stream: bool) -> None:
    text = f"see the {word} fly"
    said = Answered(200, streamed(text), SSE) if stream else Answered(200, [msgspec.json.encode(answer(text))])

    _, body, _ = await ask(Script(said), way, stream=stream)

    assert word.encode() not in body
    last = json.loads(sse.data(sse.Splitter().feed(body)[-1]))["response"] if stream else json.loads(body)
    assert HOLDER.plain(last["id"], WHO) == "resp_1"


async def test_a_stream_that_came_whole_has_its_mark() -> None:
    _, body, _ = await ask(Script(Answered(200, [msgspec.json.encode(answer())])), "verbatim", stream=True)

    last = json.loads(sse.data(sse.Splitter().feed(body)[-1]))["response"]
    assert HOLDER.plain(last["id"], WHO) == "resp_1"


@pytest.mark.parametrize("way", WAYS)
async def test_the_upstream_gets_its_own_ids(way: str) -> None:
    mine = HOLDER.marked("resp_0", WHO, 7, bytes(8))
    script = Script(Answered(200, [msgspec.json.encode(answer())]))

    status, _, _ = await ask(script, way, previous_response_id=mine, input=[{"role": "user", "content": "more"}])

    assert status == 200
    assert json.loads(script.sent[0].body) == {
        "model": "gpt-real",
        "previous_response_id": "resp_0",
        "input": [{"role": "user", "content": "more"}],
    }
    assert script.sent[0].target == "/v1/responses"


@pytest.mark.parametrize(
    ("request_id", "chosen"),
    [("resp_1", True), ("1", True), ("victim-of-mine", True), ("of-mine", False), ("2", False)],
)
async def test_S17_an_id_that_a_client_chose_is_marked_for_nobody(request_id: str, *, chosen: bool) -> None:
    """Servers may make ids of the request's own, which is the client's."""
    said = answer()
    said["id"] = "resp_victim-of-mine" if len(request_id) > 7 else "resp_1"
    notebook = Notebook()
    gate = held(Script(Answered(200, [msgspec.json.encode(said)])), notebook, "verbatim")
    raw = msgspec.json.encode({"model": "native", "input": "hi"})

    reply = await serve(gate, inbound("/v1/responses", raw, KEY, (b"x-request-id", request_id.encode())))

    assert (json.loads(await whole(reply))["id"] == said["id"]) is chosen


@given(st.lists(st.integers(1, 400), max_size=12))
def test_however_a_stream_is_cut_the_marks_are_the_same(cuts: list[int]) -> None:
    raw, at, out = b"".join(streamed()), 0, list[bytes]()
    marking = Marking(openai_responses.plugin, Ask("m", stream=True), lambda id_: id_ + "!")
    for cut in cuts:
        out += marking.feed(raw[at : at + cut])
        at += cut
    out += [*marking.feed(raw[at:]), *marking.end()]

    assert b"".join(out).replace(b'!"', b'"') == raw
    assert len(out) == len(streamed())


async def test_what_one_account_shares_goes_to_it_and_to_no_other() -> None:
    other = replace(
        NATIVE, name="other", holder=Holder(Pepper(bytes(32)), account("there"), shared=frozenset(("vs_1",))), seed=8
    )
    for upstreams in ((NATIVE, other), (other, NATIVE)):
        script = Script(Answered(200, [msgspec.json.encode(answer())]))
        notebook = Notebook()
        base = held(script, notebook, "verbatim")
        gate = replace(base, policies=policies({"native": Route("native", upstreams)}, shop=Access(models=("native",))))
        tools = [{"type": "file_search", "vector_store_ids": ["vs_1"]}]
        raw = msgspec.json.encode({"model": "native", "input": "hi", "tools": tools})

        reply = await serve(gate, inbound("/v1/responses", raw, KEY))

        assert reply.status == 200
        assert notebook.outcome.upstream == "other"
