"""OpenAI. API reference: the base is https://api.openai.com/v1, a bearer key signs."""

from typing import Any

from lockgate.core.body import Body
from lockgate.core.provider import Adapted, Provider, Service, always, bearer
from lockgate.dialects import openai_chat, openai_embeddings, openai_responses
from lockgate.dialects.openai_chat import copies


def _stored_metadata_only(body: Body) -> Adapted:
    """OpenAI refuses metadata for answers that it does not store, and storing is not ours to switch on."""
    stored: Any = copies.value(body, "store")
    return (body, ()) if stored is True else copies.without("metadata")(body)


plugin = Provider(
    name="openai",
    base_url="https://api.openai.com/v1",
    services=(
        Service(dialect=openai_chat.plugin, path=always("/chat/completions")),
        Service(dialect=openai_embeddings.plugin, path=always("/embeddings")),
    ),
    responses=Service(dialect=openai_responses.plugin, path=always("/responses")),
    sign=bearer,
    environment=("OPENAI_API_KEY",),
    price_list="openai",
    adapt_translated=copies.in_order(
        copies.no_thinking, copies.no_call_signatures, copies.no_cache_markers, _stored_metadata_only
    ),
)
