"""Lists of models. OpenAI API reference, "Models"."""

from collections.abc import Sequence
from typing import Any

import msgspec

from lockgate.core.dialect import ModelCard

_encode = msgspec.json.Encoder().encode


def listed(cards: Sequence[ModelCard]) -> bytes:
    return _encode({"object": "list", "data": [_card(card) for card in cards]})


def single(card: ModelCard) -> bytes:
    return _encode(_card(card))


def _card(card: ModelCard) -> dict[str, Any]:
    """`type` and `capabilities` are what Mistral's clients tell a model by; nothing is said of what it can."""
    openai = {"id": card.id, "object": "model", "created": card.created, "owned_by": card.owner}
    return openai | {"type": "base", "capabilities": {}}
