"""A small gateway with one model for embeddings, and what an upstream answers."""

import base64
import struct
from typing import Any

import msgspec

from lockgate.core.access import Access
from lockgate.core.audit import Books
from lockgate.core.auth import Caller
from lockgate.core.exchange import Route, Upstream
from lockgate.core.guard import Action, Mode, Rule, Rules
from lockgate.core.http import Origin, Reply
from lockgate.core.secret import Secret
from lockgate.dialects import openai_chat, openai_embeddings
from lockgate.pipeline.authenticate import Entrance
from lockgate.pipeline.recognise import Catalogue
from lockgate.pipeline.serve import Gateway, serve
from lockgate.providers import anthropic, gemini, mistral, ollama, openai
from tests.fakes import Keys, Notebook, Script, StoppedClock, inbound
from tests.unit.pipeline.gateway import ENGINE, KEY, policies, whole

ORIGIN = Origin("https", "upstream.example", 443)
OAI = Upstream("oai", openai.plugin, ORIGIN, "/v1", Secret("sk-up"), "text-embedding-3-small")
MIS = Upstream("mis", mistral.plugin, ORIGIN, "/v1", Secret("sk-up"), "mistral-embed")
OLL = Upstream("oll", ollama.plugin, ORIGIN, "", None, "nomic-embed-text")
GOO = Upstream("goo", gemini.plugin, ORIGIN, "", Secret("AIza-up"), "gemini-embedding-001")
ANT = Upstream("ant", anthropic.plugin, ORIGIN, "", Secret("sk-ant"), "claude")
OUR_SECRET = b"sk-of-this-gateway-0123456789abcdef"
USAGE = {"prompt_tokens": 8, "total_tokens": 8}


def answer(count: int = 1, size: int = 4, form: str = "float", **more: Any) -> bytes:
    packed = base64.b64encode(struct.pack(f"<{size}f", *([0.25] * size))).decode()
    vector: Any = [0.25] * size if form == "float" else packed
    data = [{"object": "embedding", "index": i, "embedding": vector} for i in range(count)]
    return msgspec.json.encode({"object": "list", "data": data, "model": "real", "usage": USAGE, **more})


def rules(action: Action, mode: Mode = "enforce") -> tuple[Rules, Rules]:
    def on(direction: str) -> Rules:
        return Rules([Rule("codename", 0, action, frozenset((direction,)), mode)], ENGINE, direction)  # type: ignore[arg-type]

    return on("request"), on("response")


def gateway(script: Script, notebook: Notebook, route: Route, **more: Any) -> Gateway:
    dialects = openai_chat.plugin, openai_embeddings.plugin
    return Gateway(
        Catalogue(dialects, openai_chat.plugin),
        Entrance((Keys({b"lg-good": Caller("key_1", "shop")}),)),
        policies({"e": route}, shop=Access(models=("e",))),
        script,
        Books(notebook),
        StoppedClock(),
        providers={"openai_embeddings": ("mistral", "openai")},
        **more,
    )


async def ask(script: Script, route: Route, body: dict[str, Any] | bytes, **more: Any) -> tuple[Reply, bytes, Notebook]:
    notebook = Notebook()
    raw = body if isinstance(body, bytes) else msgspec.json.encode({"model": "e", **body})
    reply = await serve(gateway(script, notebook, route, **more), inbound("/v1/embeddings", raw, KEY))
    return reply, await whole(reply), notebook


def sent(script: Script) -> Any:
    return msgspec.json.decode(script.sent[-1].body)
