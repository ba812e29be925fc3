"""Groq. API reference: base https://api.groq.com/openai/v1. It refuses fields of messages that it does not know."""

from lockgate.core.provider import Provider, Service, always, bearer
from lockgate.dialects import openai_chat
from lockgate.dialects.openai_chat import copies

plugin = Provider(
    name="groq",
    base_url="https://api.groq.com/openai/v1",
    services=(Service(dialect=openai_chat.plugin, path=always("/chat/completions")),),
    sign=bearer,
    environment=("GROQ_API_KEY",),
    price_list="groq",
    adapt=copies.in_order(copies.own_thinking_only, copies.no_call_signatures, copies.no_cache_markers),
)
