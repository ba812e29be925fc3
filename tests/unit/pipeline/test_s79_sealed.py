"""Sealed thoughts go back to who sealed them, and to nobody else, whoever answers next behind a model's name (S79)."""

from typing import Any

import msgspec
import pytest

from lockgate.core import seals
from lockgate.core.access import Access
from lockgate.core.audit import Books
from lockgate.core.auth import Caller
from lockgate.core.dialect import Ask
from lockgate.core.exchange import Route, Upstream
from lockgate.core.secret import Secret
from lockgate.pipeline.as_events import events
from lockgate.pipeline.assembled import assembled
from lockgate.pipeline.authenticate import Entrance
from lockgate.pipeline.recognise import Catalogue
from lockgate.pipeline.serve import Gateway, serve
from lockgate.providers import anthropic, gemini, openrouter
from tests.dialects import CHATS
from tests.fakes import SSE, Answered, Keys, Notebook, Script, StoppedClock, inbound
from tests.unit.pipeline.gateway import KEY, ORIGIN, policies, rules, told, whole

CLAUDE = Upstream("ant", anthropic.plugin, ORIGIN, "", Secret("k"), "claude-haiku-4-5")
GEMINI = Upstream("gem", gemini.plugin, ORIGIN, "", Secret("k"), "gemini-3-pro")
ROUTER = Upstream("rou", openrouter.plugin, ORIGIN, "/v1", Secret("k"), "some/model")
TARGETS = {"anthropic_messages": CLAUDE, "gemini_generate": GEMINI, "openai_chat": ROUTER}
SEAL, CALL_SEAL = b"U2VhbE9mVGhl+/8=", b"U2VhbE9mQ2FsbA=="

GOOGLES = [
    {"text": "Hm.", "thought": True},
    {"text": "I look."},
    {"functionCall": {"name": "f", "args": {"a": 1}}, "thoughtSignature": CALL_SEAL.decode()},
]
ANSWERS: dict[str, dict[str, Any]] = {
    "anthropic_messages": {
        "id": "m1", "type": "message", "role": "assistant", "model": "c", "stop_reason": "tool_use",
        "content": [
            {"type": "thinking", "thinking": "Hm.", "signature": SEAL.decode()},
            {"type": "text", "text": "I look."},
            {"type": "tool_use", "id": "t1", "name": "f", "input": {"a": 1}},
        ],
    },
    "gemini_generate": {"candidates": [{"content": {"role": "model", "parts": GOOGLES}, "finishReason": "STOP"}]},
    "openai_chat": {
        "choices": [{"index": 0, "finish_reason": "tool_calls", "message": {
            "role": "assistant", "content": "I look.",
            "reasoning_details": [{"type": "reasoning.text", "text": "Hm.", "signature": SEAL.decode()}],
            "tool_calls": [{"id": "t1", "type": "function", "function": {"name": "f", "arguments": '{"a":1}'}}],
        }}],
    },
}  # fmt: skip
PATHS = {
    "anthropic_messages": "/v1/messages",
    "openai_chat": "/v1/chat/completions",
    "openai_responses": "/v1/responses",
    "gemini_generate": "/v1beta/models/m:generateContent",
}
HELLOS: dict[str, dict[str, Any]] = {
    "anthropic_messages": {"max_tokens": 9, "messages": [{"role": "user", "content": "?"}]},
    "gemini_generate": {"contents": [{"parts": [{"text": "?"}]}]},
    "openai_responses": {"input": "?"},
    "openai_chat": {"messages": [{"role": "user", "content": "?"}]},
}


def history(client: str, said: Any) -> dict[str, Any]:
    """The next request of a client that was answered so, with the result of the tool."""
    match client:
        case "anthropic_messages":
            result = {"type": "tool_result", "tool_use_id": said["content"][-1]["id"], "content": "ok"}
            turns = [("user", "?"), ("assistant", said["content"]), ("user", [result])]
            thinking = {"type": "enabled", "budget_tokens": 2000}
            messages = [{"role": role, "content": content} for role, content in turns]
            return {"max_tokens": 9000, "thinking": thinking, "messages": messages}
        case "gemini_generate":
            content = said["candidates"][0]["content"]
            result = {"functionResponse": {"name": "f", "response": {"output": "ok"}}}
            return {"contents": [{"parts": [{"text": "?"}]}, content, {"parts": [result]}]}
        case "openai_responses":
            call = next(item for item in said["output"] if item["type"] == "function_call")
            result = {"type": "function_call_output", "call_id": call["call_id"], "output": "ok"}
            return {"input": [{"role": "user", "content": "?"}, *said["output"], result]}
    message = said["choices"][0]["message"]
    result = {"role": "tool", "tool_call_id": message["tool_calls"][0]["id"], "content": "ok"}
    return {"messages": [{"role": "user", "content": "?"}, message, result]}


async def ask(client: str, upstream: Upstream, body: dict[str, Any], answer: Answered, **route: Any) -> Any:
    script = Script(answer)
    made = Gateway(
        Catalogue(tuple(CHATS.values()), CHATS["openai_chat"]),
        Entrance((Keys({b"lg-good": Caller("key_1", "shop")}),)),
        policies({"m": Route("m", (upstream,), **route)}, shop=Access(models=("m",))),
        script,
        Books(Notebook()),
        StoppedClock(),
    )
    path, raw = PATHS[client], body if client == "gemini_generate" else {"model": "m", **body}
    if body.get("stream"):
        path = path.replace("generateContent", "streamGenerateContent?alt=sse")
    reply = await serve(made, inbound(path, msgspec.json.encode(raw), KEY))
    return reply, await whole(reply), script.sent[0].body


def streamed(maker: str) -> Answered:
    """The same answer, as that provider streams it."""
    ask = Ask("m", stream=True, usage=True, request_id="r")
    answer = CHATS[maker].decode_answer(msgspec.json.encode(ANSWERS[maker]), ask)
    encoder = CHATS[maker].encoder(ask)
    return Answered(200, [encoder.feed(event) for event in events(answer)], SSE)


async def answered(client: str, maker: str, *, stream: bool, **route: Any) -> Any:
    """What a client has in its hands after an answer of that provider."""
    hello = HELLOS[client]
    if not stream:
        whole_one = Answered(200, [msgspec.json.encode(ANSWERS[maker])])
        return msgspec.json.decode((await ask(client, TARGETS[maker], hello, whole_one, **route))[1])
    if client != "gemini_generate":
        hello = hello | {"stream": True}
    _, got, _ = await ask(client, TARGETS[maker], hello, streamed(maker), **route)
    dialect, asked = CHATS[client], Ask("m", stream=True, usage=True, request_id="r")
    framing, decoder = dialect.framing(asked), dialect.decoder(asked)
    frames = [*framing.feed(got), *framing.end()]
    said = assembled([*(event for frame in frames for event in decoder.feed(frame)), *decoder.end()])
    return msgspec.json.decode(dialect.encode_answer(said, asked).wire)


LANES = [(False, {}), (True, {}), (True, {"response_rules": rules("mask", "response")})]


@pytest.mark.parametrize(("stream", "route"), LANES, ids=["whole", "streamed", "guarded"])
@pytest.mark.parametrize("client", PATHS)
@pytest.mark.parametrize("maker", TARGETS)
async def test_S79_a_seal_goes_back_to_its_maker_only(maker: str, client: str, *, stream: bool, route: Any) -> None:
    if maker == client or (stream and client == "gemini_generate"):
        return
    said = await answered(client, maker, stream=stream, **route)
    seal = CALL_SEAL if maker == "gemini_generate" else SEAL
    has = (maker, client) != ("gemini_generate", "anthropic_messages")  # a call has no signature there
    assert (seals.mark(maker).encode() + seal in msgspec.json.encode(said)) == has

    for name, target in TARGETS.items():
        done = Answered(200, [msgspec.json.encode(ANSWERS[name])])
        reply, _, sent = await ask(client, target, history(client, said), done)
        assert reply.status == 200
        assert b"lockgate" not in sent
        assert (seal in sent) == (has and name == maker)
        assert b"I look." in sent
        assert b'"f"' in sent
        lost = seals.FOREIGN.encode() in told(reply, b"x-lockgate-lost")
        assert lost == (name != maker if has else name == client)


@pytest.mark.parametrize("seal", ["U2Vh-_8=", "U2Vh+/8=", "urls+/+/", "base-_-_", "basebase", "no base64 at all_"])
@pytest.mark.parametrize("client", ["anthropic_messages", "openai_responses", "gemini_generate"])
async def test_S79_a_seal_comes_back_as_it_was_in_whichever_alphabet(client: str, seal: str) -> None:
    made = msgspec.json.decode(msgspec.json.encode(ANSWERS["openai_chat"]).replace(SEAL, seal.encode()))
    done = Answered(200, [msgspec.json.encode(made)])
    hello = HELLOS[client]
    said = msgspec.json.decode((await ask(client, ROUTER, hello, done))[1])

    _, _, sent = await ask(client, ROUTER, history(client, said), done)

    details = msgspec.json.decode(sent)["messages"][1]["reasoning_details"]
    assert [detail["signature"] for detail in details] == [seal]


THOUGHT = {
    "choices": [{"index": 0, "finish_reason": "tool_calls", "message": {
        "role": "assistant", "content": None, "reasoning_content": "Hm.", "tool_calls": [
            {"id": "t1", "type": "function", "function": {"name": "f", "arguments": "{}"}},
            {"id": "t2", "type": "function", "function": {"name": "f", "arguments": "{}"}},
        ],
    }}],
}  # fmt: skip


async def test_S79_thoughts_that_nobody_signed_do_not_go_to_claude_as_its_own() -> None:
    """It refuses them, and with a budget it refuses an answer that goes on and began without thoughts of its own."""
    told_so = Answered(200, [msgspec.json.encode(THOUGHT)])
    hello = {"max_tokens": 9, "messages": [{"role": "user", "content": "?"}]}
    said = msgspec.json.decode((await ask("anthropic_messages", ROUTER, hello, told_so))[1])
    assert said["content"][0] == {"type": "thinking", "thinking": "Hm.", "signature": seals.NOBODY}

    done = Answered(200, [msgspec.json.encode(ANSWERS["anthropic_messages"])])
    reply, _, sent = await ask("anthropic_messages", CLAUDE, history("anthropic_messages", said), done)

    got = msgspec.json.decode(sent)
    assert [block["type"] for block in got["messages"][1]["content"]] == ["tool_use", "tool_use"]
    assert "thinking" not in got
    assert told(reply, b"x-lockgate-lost").count(b"thinking in an answer that began without it") == 1


async def test_S79_a_call_that_nobody_signed_is_told_to_gemini_as_such() -> None:
    told_so = Answered(200, [msgspec.json.encode(THOUGHT)])
    hello = {"contents": [{"parts": [{"text": "?"}]}]}
    said = msgspec.json.decode((await ask("gemini_generate", ROUTER, hello, told_so))[1])

    done = Answered(200, [msgspec.json.encode(ANSWERS["gemini_generate"])])
    reply, _, sent = await ask("gemini_generate", GEMINI, history("gemini_generate", said), done)

    parts = msgspec.json.decode(sent)["contents"][1]["parts"]
    assert [part.get("thoughtSignature") for part in parts] == [None, "skip_thought_signature_validator", None]
    assert told(reply, b"x-lockgate-lost") == b""


ODD: list[Any] = [None, 5, "x", [], {}, [None], [5, "x"], [{}], [{"role": "assistant"}], [{"content": 5, "parts": 5}]]
INNER: list[Any] = [
    [None, 5, {"type": 5}, {"type": "thinking", "signature": 5}, {"type": "thinking", "signature": seals.NOBODY}],
    [{"type": "redacted_thinking", "data": seals.mark("x")}, {"thoughtSignature": [seals.NOBODY]}, {"text": ["x"]}],
]


@pytest.mark.parametrize("name", TARGETS)
def test_S79_odd_documents_are_left_to_who_refuses_them(name: str) -> None:
    unsealed = CHATS[name].unsealed
    assert unsealed is not None
    for odd in ODD:
        tree = {"messages": odd, "contents": odd, "thinking": {"type": "enabled"}}
        assert unsealed(tree, "m") == (tree, ())
    for inner in INNER:
        turn = {"role": "assistant", "content": inner, "parts": inner, "reasoning_details": inner, "tool_calls": inner}
        unsealed({"messages": [turn, 5], "contents": [turn, 5], "thinking": 5}, "m")
