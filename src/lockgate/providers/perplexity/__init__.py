"""Perplexity. API reference: base https://api.perplexity.ai."""

from lockgate.core.provider import Provider, Service, always, bearer
from lockgate.dialects import openai_chat
from lockgate.dialects.openai_chat import copies

plugin = Provider(
    name="perplexity",
    base_url="https://api.perplexity.ai",
    services=(Service(dialect=openai_chat.plugin, path=always("/chat/completions")),),
    sign=bearer,
    environment=("PERPLEXITY_API_KEY", "PPLX_API_KEY"),
    price_list="perplexity",
    adapt=copies.in_order(copies.limit_as_max_tokens, copies.developer_as_system, copies.no_thinking),
)
