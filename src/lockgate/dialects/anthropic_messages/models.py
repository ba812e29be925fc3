"""Models, as the API reference's pages "List Models" and "Get a Model" show them."""

from collections.abc import Sequence
from datetime import UTC, datetime

import msgspec

from lockgate.core.dialect import ModelCard

_encode = msgspec.json.Encoder().encode
_LATEST = 253402300799
"""The last second that a date can have."""


def listing(cards: Sequence[ModelCard]) -> bytes:
    page = {
        "data": [_entry(card) for card in cards],
        "has_more": False,
        "first_id": cards[0].id if cards else None,
        "last_id": cards[-1].id if cards else None,
    }
    return _encode(page)


def single(card: ModelCard) -> bytes:
    return _encode(_entry(card))


def counted(tokens: int) -> bytes:
    """The answer of "Count tokens in a Message"."""
    return _encode({"input_tokens": tokens})


def _entry(card: ModelCard) -> dict[str, str]:
    created = datetime.fromtimestamp(min(max(card.created, 0), _LATEST), UTC)
    return {
        "type": "model",
        "id": card.id,
        "display_name": card.id,
        "created_at": created.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
