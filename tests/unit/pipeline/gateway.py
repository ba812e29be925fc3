"""A small gateway with a scripted transport: two upstreams, four models, one team."""

from collections.abc import Mapping
from typing import Any

import msgspec

from lockgate.app.zone import zone
from lockgate.core.access import Access
from lockgate.core.audit import Books
from lockgate.core.auth import Caller
from lockgate.core.dialect import Dialect
from lockgate.core.exchange import Route, Upstream
from lockgate.core.guard import Action, Direction, Rule, Rules
from lockgate.core.holder import Holder, account
from lockgate.core.http import Origin, Reply
from lockgate.core.key_digest import Pepper
from lockgate.core.policy import Place, Policies
from lockgate.core.registry import tables
from lockgate.core.secret import Secret
from lockgate.dialects import openai_chat
from lockgate.guards.blocklist import plugin as blocklist
from lockgate.patterns.looking import Looking
from lockgate.pipeline.authenticate import Entrance
from lockgate.pipeline.recognise import Catalogue
from lockgate.pipeline.serve import Gateway, serve
from lockgate.providers import anthropic, openai
from tests.fakes import SSE, Answered, Keys, Notebook, Script, StoppedClock, inbound

ORIGIN = Origin("https", "upstream.example", 443)
SHARED = Holder(Pepper(bytes(32)), account("one tenant's"), shared=frozenset(("*",)))
OPENAI = Upstream("oai", openai.plugin, ORIGIN, "/v1", Secret("sk-up"), "gpt-real", holder=SHARED)
CLAUDE = Upstream("ant", anthropic.plugin, ORIGIN, "", Secret("sk-ant"), "claude-real", holder=SHARED)
KEY = (b"authorization", b"Bearer lg-good")
EVERY = Catalogue(tuple(tables("lockgate.dialects", Dialect).values()), openai_chat.plugin)


ENGINE = Looking([blocklist(words=("bluebird",)).build()])


def rules(action: Action, on: Direction) -> Rules:
    return Rules([Rule("codename", 0, action, frozenset((on,)))], ENGINE, on)


def policies(routes: Mapping[str, Route], **teams: Access) -> Policies:
    """Teams without anybody above them."""
    return Policies({name: Place("", (name,), (access,)) for name, access in teams.items()}, routes, zone)


def gateway(script: Script, notebook: Notebook, action: Action = "mask") -> Gateway:
    request, response = rules(action, "request"), rules(action, "response")
    routes = [
        Route("fast", (OPENAI,)),
        Route("cross", (CLAUDE,)),
        Route("both", (OPENAI, CLAUDE)),
        Route("guarded", (OPENAI,), request, response),
        Route("guarded-cross", (CLAUDE,), request, response),
        Route("hidden", (OPENAI,)),
    ]
    models = tuple(route.model for route in routes if route.model != "hidden")
    return Gateway(
        EVERY,
        Entrance((Keys({b"lg-good": Caller("key_1", "shop")}),)),
        policies({route.model: route for route in routes}, shop=Access(models=models)),
        script,
        Books(notebook),
        StoppedClock(),
    )


def chat(model: str, text: str = "hi", **more: Any) -> dict[str, Any]:
    return {"model": model, "messages": [{"role": "user", "content": text}], **more}


async def ask(
    script: Script,
    body: bytes | dict[str, Any],
    *headers: tuple[bytes, bytes],
    path: str = "/v1/chat/completions",
    method: str = "POST",
    action: Action = "mask",
) -> tuple[Reply, bytes, Notebook]:
    notebook = Notebook()
    raw = body if isinstance(body, bytes) else msgspec.json.encode(body)
    reply = await serve(gateway(script, notebook, action), inbound(path, raw, *(headers or (KEY,)), method=method))
    return reply, await whole(reply), notebook


async def whole(reply: Reply) -> bytes:
    if isinstance(reply.body, bytes):
        return reply.body
    return b"".join([chunk async for chunk in reply.body])


def told(reply: Reply, name: bytes) -> bytes:
    ready = [line.partition(b": ")[::2] for line in reply.lines.splitlines()]
    return b", ".join(value for key, value in (*reply.headers, *ready) if key == name)


def openai_answer(text: str = "hello") -> Answered:
    choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
    usage = {"prompt_tokens": 9, "completion_tokens": 7, "total_tokens": 16}
    document = {"id": "c1", "object": "chat.completion", "created": 5, "model": "gpt-real", "choices": [choice]}
    return Answered(200, [msgspec.json.encode({**document, "usage": usage, "brand_new": 1})])


def openai_stream(*texts: str, end: bool = True) -> Answered:
    def chunk(delta: dict[str, Any], finish: str | None = None) -> bytes:
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        head = {"id": "c1", "object": "chat.completion.chunk", "created": 5, "model": "gpt-real"}
        return b"data: " + msgspec.json.encode({**head, "choices": [choice], "brand_new": 1}) + b"\n\n"

    frames = [chunk({"role": "assistant", "content": ""}), *(chunk({"content": text}) for text in texts)]
    if end:
        frames += [chunk({}, "stop"), b"data: [DONE]\n\n"]
    return Answered(200, frames, SSE)


def claude_stream(*texts: str) -> Answered:
    def frame(document: dict[str, Any]) -> bytes:
        return b"event: " + document["type"].encode() + b"\ndata: " + msgspec.json.encode(document) + b"\n\n"

    message = {"id": "m1", "type": "message", "role": "assistant", "model": "claude-real", "content": []}
    usage = {"input_tokens": 9, "output_tokens": 1}
    frames = [
        {"type": "message_start", "message": {**message, "stop_reason": None, "usage": usage}},
        {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
        *({"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": t}} for t in texts),
        {"type": "content_block_stop", "index": 0},
        {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 7}},
        {"type": "message_stop"},
    ]
    return Answered(200, [frame(document) for document in frames], SSE)
