"""Cerebras. API reference: base https://api.cerebras.ai/v1. It refuses fields that it does not know."""

from lockgate.core.provider import Provider, Service, always, bearer
from lockgate.dialects import openai_chat
from lockgate.dialects.openai_chat import copies

plugin = Provider(
    name="cerebras",
    base_url="https://api.cerebras.ai/v1",
    services=(Service(dialect=openai_chat.plugin, path=always("/chat/completions")),),
    sign=bearer,
    environment=("CEREBRAS_API_KEY",),
    price_list="cerebras",
    adapt=copies.in_order(copies.own_thinking_only, copies.no_call_signatures, copies.no_cache_markers),
)
