"""`overload`: the classes that keys name are classes."""

from collections.abc import Iterator

from lockgate.app.in_words import choice
from lockgate.app.mistake import Wrong, quoted
from lockgate.app.parts import Parts
from lockgate.core.rank import RANKS


def mistakes(parts: Parts) -> Iterator[Wrong]:
    """A key whose class is no class would be served like all others, and nobody would know why."""
    if parts.overload is None:
        return
    field = parts.overload.priority
    for number, key in parts.keys.items():
        word = key.metadata.get(field)
        if word is not None and word not in RANKS:
            yield Wrong(("keys", number, "metadata", field), quoted(word), choice(RANKS, word))
