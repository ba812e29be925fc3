"""A gateway before upstreams that hold something, and what comes of a request there."""

import json
from dataclasses import replace
from typing import Any

import msgspec

from lockgate.core.access import Access
from lockgate.core.exchange import Route, Upstream
from lockgate.core.holder import Holder, account
from lockgate.core.key_digest import Pepper
from lockgate.pipeline.serve import Gateway, serve
from lockgate.providers import anthropic, gemini
from tests.fakes import Answered, Notebook, Script, inbound
from tests.unit.pipeline.gateway import KEY, OPENAI, gateway, policies, whole

HOLDER = Holder(Pepper(bytes(32)), account("here"))
UPSTREAMS = {
    "openai": replace(OPENAI, model="", holder=HOLDER, seed=7),
    "anthropic": replace(OPENAI, name="ant", provider=anthropic.plugin, base_path="", model="", holder=HOLDER, seed=8),
    "gemini": replace(OPENAI, name="gem", provider=gemini.plugin, base_path="", model="", holder=HOLDER, seed=9),
}
PATHS = {
    "openai": "/v1/chat/completions",
    "anthropic": "/v1/messages",
    "gemini": "/v1beta/models/m:generateContent",
    "embeddings": "/v1/embeddings",
}


def gate(script: Script, *upstreams: str | Upstream, holder: Holder = HOLDER, **way: Any) -> Gateway:
    held = [replace(UPSTREAMS[each], holder=holder) if isinstance(each, str) else each for each in upstreams]
    route = Route("m", tuple(held), **way)
    return replace(gateway(script, Notebook()), policies=policies({"m": route}, shop=Access(models=("m",))))


async def asked(
    said: dict[str, Any], path: str, *upstreams: str, holder: Holder = HOLDER
) -> tuple[int, Any, list[dict[str, Any]]]:
    """The status, the answer, and what the upstreams were asked. The first one that is asked is down."""
    script = Script(*[Answered(503, [b"{}"])] * 4)
    reply = await serve(gate(script, *upstreams, holder=holder), inbound(path, msgspec.json.encode(said), KEY))
    return reply.status, json.loads(await whole(reply)), [json.loads(sent.body) for sent in script.sent]
