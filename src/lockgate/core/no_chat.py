"""The rows of a dialect that has no chats: nothing is translated from or into it, and its answers are no streams of events."""

from typing import Any, NoReturn

from lockgate.core.problem import Kind, Problem


def refused(*_: object, **__: object) -> NoReturn:
    raise Problem(Kind.INVALID, "this endpoint knows no chats")


_CHATS = (
    *("decode_chat", "encode_chat", "decode_answer", "encode_answer", "models", "model"),
    *("framing", "decoder", "encoder", "watch", "payload", "joined"),
)
NO_CHAT: dict[str, Any] = {
    **dict.fromkeys(_CHATS, refused),
    "media_type": lambda ask: b"application/json",
    "tools": lambda tree: iter(()),
}
"""By the names of the rows of `Dialect`."""
