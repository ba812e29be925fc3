"""OpenRouter. API reference: base https://openrouter.ai/api/v1; it takes back all that it gives, signatures too."""

from lockgate.core.provider import Provider, Service, always, bearer
from lockgate.dialects import openai_chat, openai_embeddings

plugin = Provider(
    name="openrouter",
    base_url="https://openrouter.ai/api/v1",
    services=(
        Service(dialect=openai_chat.plugin, path=always("/chat/completions")),
        Service(dialect=openai_embeddings.plugin, path=always("/embeddings")),
    ),
    sign=bearer,
    environment=("OPENROUTER_API_KEY",),
    price_list="openrouter",
)
