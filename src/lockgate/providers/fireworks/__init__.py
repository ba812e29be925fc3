"""Fireworks AI. API reference: base https://api.fireworks.ai/inference/v1."""

from lockgate.core.provider import Provider, Service, always, bearer
from lockgate.dialects import openai_chat, openai_embeddings
from lockgate.dialects.openai_chat import copies

plugin = Provider(
    name="fireworks",
    base_url="https://api.fireworks.ai/inference/v1",
    services=(
        Service(dialect=openai_chat.plugin, path=always("/chat/completions")),
        Service(dialect=openai_embeddings.plugin, path=always("/embeddings")),
    ),
    sign=bearer,
    environment=("FIREWORKS_API_KEY",),
    price_list="fireworks",
    adapt=copies.in_order(copies.limit_as_max_tokens, copies.developer_as_system, copies.no_thinking_details),
)
