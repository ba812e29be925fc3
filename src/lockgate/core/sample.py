"""A document of a kind that a chat in the canonical form cannot say, for trying out where rules look."""

from typing import Literal

from msgspec import Struct


class Sample(Struct, frozen=True):
    """A request, an answer or a stream with a word in one of its texts: what the text is, and whose (a `Place`)."""

    slot: str
    way: Literal["request", "response", "stream"]
    place: str
    wire: bytes
