"""xAI. API reference: base https://api.x.ai/v1."""

from lockgate.core.provider import Provider, Service, always, bearer
from lockgate.dialects import openai_chat, openai_responses
from lockgate.dialects.openai_chat import copies

plugin = Provider(
    name="xai",
    base_url="https://api.x.ai/v1",
    services=(Service(dialect=openai_chat.plugin, path=always("/chat/completions")),),
    responses=Service(dialect=openai_responses.plugin, path=always("/responses")),
    sign=bearer,
    environment=("XAI_API_KEY",),
    price_list="x-ai",
    adapt=copies.no_thinking_details,
)
