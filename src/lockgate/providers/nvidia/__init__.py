"""NVIDIA NIM. API reference: base https://integrate.api.nvidia.com/v1."""

from lockgate.core.provider import Provider, Service, always, bearer
from lockgate.dialects import openai_chat, openai_embeddings
from lockgate.dialects.openai_chat import copies

plugin = Provider(
    name="nvidia",
    base_url="https://integrate.api.nvidia.com/v1",
    services=(
        Service(dialect=openai_chat.plugin, path=always("/chat/completions")),
        Service(dialect=openai_embeddings.plugin, path=always("/embeddings")),
    ),
    sign=bearer,
    environment=("NVIDIA_API_KEY",),
    adapt=copies.in_order(copies.limit_as_max_tokens, copies.developer_as_system, copies.no_thinking_details),
)
