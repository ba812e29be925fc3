"""Files that somebody attached: what is in them nobody here may be able to read, and the model does."""

import re
from typing import Any

from lockgate.core.body import Tree
from lockgate.core.chat import Chat, Media

_SHOWN = ("image/", "audio/", "video/")
_FILES = ("JVBERi0", "UEsDB")
"""How the base64 of a PDF begins, and that of what office programs write."""
_NOT_UNDERSTOOD = re.compile(
    r"(messages|contents|input)\.([0-9]+)(?:\.(?:content|output)\.[0-9]+ \(|\.parts\.[0-9]+\.| \()"
)
"""A part of a turn, or an item, of which the canonical form has no word."""


def attached(chat: Chat, tree: Tree) -> bool:
    """Whether one is in the request: inline, by its address or its id; or something that nobody here knows in a user's turn."""
    media = (block for message in chat.messages for block in message.blocks if isinstance(block, Media))
    return any(map(_is_file, media)) or any(_of_a_user(name, tree) for name in chat.unsaid)


def _is_file(media: Media) -> bool:
    """What is said to be a picture and is none is a file."""
    mime = media.mime.lower()
    return media.kind == "file" or (bool(mime) and not mime.startswith(_SHOWN)) or media.data.startswith(_FILES)


def _of_a_user(name: str, tree: Tree) -> bool:
    found = _NOT_UNDERSTOOD.match(name)
    if found is None:
        return False
    turns: Any = tree.get(found[1])
    number = int(found[2])
    turn = turns[number] if isinstance(turns, list) and number < len(turns) else turns
    return not isinstance(turn, dict) or turn.get("role") not in ("assistant", "model")
