"""Lists of models, as `GET /api/tags` shows them. Ollama API reference, "List models"."""

from collections.abc import Sequence
from typing import Any

import msgspec

from lockgate.core.dialect import ModelCard
from lockgate.dialects.ollama_chat import dates

_encode = msgspec.json.Encoder().encode

VERSION = b'{"version":"0.12.11"}'
"""Of Ollama's API, as it is spoken here: clients ask before anything else, and some want a least version."""


def listed(cards: Sequence[ModelCard]) -> bytes:
    return _encode({"models": [_model(card) for card in cards]})


def single(card: ModelCard) -> bytes:
    return _encode(_model(card))


def _model(card: ModelCard) -> dict[str, Any]:
    """What a gateway cannot know of a model (its size, its file) is zero or empty: clients want the fields."""
    details = {
        "parent_model": "",
        "format": "",
        "family": "",
        "families": [],
        "parameter_size": "",
        "quantization_level": "",
    }
    return {
        "name": card.id,
        "model": card.id,
        "modified_at": dates.written(card.created),
        "size": 0,
        "digest": "",
        "details": details,
    }
