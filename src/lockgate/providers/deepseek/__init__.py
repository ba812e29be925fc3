"""DeepSeek. API docs, "Your First API Call": base https://api.deepseek.com. "Thinking Mode": thoughts have to come back."""

from lockgate.core.provider import Provider, Service, always, bearer
from lockgate.dialects import openai_chat
from lockgate.dialects.openai_chat import copies

plugin = Provider(
    name="deepseek",
    base_url="https://api.deepseek.com",
    services=(Service(dialect=openai_chat.plugin, path=always("/chat/completions")),),
    sign=bearer,
    environment=("DEEPSEEK_API_KEY",),
    price_list="deepseek",
    adapt=copies.in_order(copies.limit_as_max_tokens, copies.developer_as_system, copies.no_thinking_details),
)
