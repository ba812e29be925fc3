"""vLLM's OpenAI-compatible server, by default on this machine and without a key."""

from lockgate.core.provider import Provider, Service, always, bearer
from lockgate.dialects import openai_chat, openai_embeddings, openai_responses

plugin = Provider(
    name="vllm",
    base_url="http://127.0.0.1:8000/v1",
    services=(
        Service(dialect=openai_chat.plugin, path=always("/chat/completions")),
        Service(dialect=openai_embeddings.plugin, path=always("/embeddings")),
    ),
    responses=Service(dialect=openai_responses.plugin, path=always("/responses")),
    sign=bearer,
    environment=("VLLM_API_KEY",),
    keyless=True,
)
