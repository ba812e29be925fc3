"""Anthropic's own API: Claude models."""

from lockgate.core.http import Headers
from lockgate.core.provider import Provider, Service, always
from lockgate.core.secret import Secret
from lockgate.dialects import anthropic_messages

VERSION = b"2023-06-01"
"""Sent where the client did not say another. `2026-10-21` refuses sampling parameters for every model."""


def sign(credential: Secret | None) -> Headers:
    """The pipeline lets a client's own `anthropic-version` take the place of this one, and never its credentials."""
    version = ((b"anthropic-version", VERSION),)
    return ((b"x-api-key", credential.reveal().encode()), *version) if credential else version


plugin = Provider(
    name="anthropic",
    base_url="https://api.anthropic.com",
    services=(
        Service(
            dialect=anthropic_messages.plugin,
            path=always("/v1/messages"),
            count_tokens="/v1/messages/count_tokens",
        ),
    ),
    sign=sign,
    environment=("ANTHROPIC_API_KEY",),
    price_list="anthropic",
)
