"""Any server that copies the format. The operator gives its address."""

from lockgate.core.provider import Provider, Service, always, bearer
from lockgate.dialects import openai_chat, openai_embeddings, openai_responses
from lockgate.dialects.openai_chat import copies

plugin = Provider(
    name="openai_compatible",
    base_url="",
    services=(
        Service(dialect=openai_chat.plugin, path=always("/chat/completions")),
        Service(dialect=openai_embeddings.plugin, path=always("/embeddings")),
    ),
    responses=Service(dialect=openai_responses.plugin, path=always("/responses")),
    sign=bearer,
    adapt=copies.limit_as_max_tokens,
    keyless=True,
)
