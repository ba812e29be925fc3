"""Mistral. API reference: base https://api.mistral.ai/v1. A strict copy: a field that it does not know is an error."""

from lockgate.core.provider import Provider, Service, always, bearer
from lockgate.dialects import openai_chat, openai_embeddings
from lockgate.dialects.openai_chat import copies
from lockgate.providers.mistral import differences, messages

plugin = Provider(
    name="mistral",
    base_url="https://api.mistral.ai/v1",
    services=(
        Service(dialect=openai_chat.plugin, path=always("/chat/completions")),
        Service(
            dialect=openai_embeddings.plugin,
            path=always("/embeddings"),
            adapt=copies.in_order(copies.renamed("dimensions", "output_dimension"), copies.without("user")),
        ),
    ),
    sign=bearer,
    environment=("MISTRAL_API_KEY",),
    price_list="mistral",
    adapt=copies.in_order(
        copies.limit_as_max_tokens,
        copies.renamed("seed", "random_seed"),
        differences.without_stream_options,
        copies.without(*differences.REFUSED),
        differences.tool_choice,
        differences.without_tool_markers,
        messages.adapt,
    ),
)
