"""The list of models, as the API's page "Models" shows it."""

from collections.abc import Sequence
from typing import Any

from lockgate.core.dialect import ModelCard
from lockgate.dialects.gemini_generate import wire


def many(cards: Sequence[ModelCard]) -> bytes:
    return wire.encode({"models": [_model(card) for card in cards]})


def one(card: ModelCard) -> bytes:
    return wire.encode(_model(card))


def counted(tokens: int) -> bytes:
    return wire.encode({"totalTokens": tokens})


def _model(card: ModelCard) -> dict[str, Any]:
    return {
        "name": f"models/{card.id}",
        "baseModelId": card.id,
        "version": "",
        "displayName": card.id,
        "description": f"Served by {card.owner}",
        "supportedGenerationMethods": ["generateContent", "streamGenerateContent", "countTokens"],
    }
