"""Ollama, on the machine itself by default. API reference: no key there; ollama.com takes one as a bearer."""

from lockgate.core.provider import Provider, Service, always, bearer
from lockgate.dialects import ollama_chat, openai_embeddings

plugin = Provider(
    name="ollama",
    base_url="http://127.0.0.1:11434",
    services=(
        Service(dialect=ollama_chat.plugin, path=always("/api/chat")),
        Service(dialect=openai_embeddings.plugin, path=always("/v1/embeddings")),
    ),
    sign=bearer,
    environment=("OLLAMA_API_KEY",),
    keyless=True,
)
