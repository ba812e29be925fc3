"""The built-in upstream that needs no key and no network, for a first try and for tests."""

from urllib.parse import quote

from lockgate.core.dialect import Ask
from lockgate.core.provider import Provider, Service, always, unsigned
from lockgate.dialects import anthropic_messages, gemini_generate, ollama_chat, openai_chat, openai_embeddings


def _gemini(ask: Ask) -> str:
    verb = "generateContent"
    if ask.stream:
        verb = "streamGenerateContent" if ask.array else "streamGenerateContent?alt=sse"
    return f"/v1beta/models/{quote(ask.model.removeprefix('models/'), safe='')}:{verb}"


plugin = Provider(
    name="demo",
    base_url="",
    services=(
        Service(dialect=openai_chat.plugin, path=always("/v1/chat/completions")),
        Service(
            dialect=anthropic_messages.plugin,
            path=always("/v1/messages"),
            count_tokens="/v1/messages/count_tokens",
        ),
        Service(dialect=gemini_generate.plugin, path=_gemini),
        Service(dialect=ollama_chat.plugin, path=always("/api/chat")),
        Service(dialect=openai_embeddings.plugin, path=always("/v1/embeddings")),
    ),
    sign=unsigned,
    builtin=True,
    keyless=True,
)
