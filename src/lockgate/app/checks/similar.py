"""`models.NAME.cache.similar`: an address that may be asked, and a time that a request may wait."""

from collections.abc import Iterator

from lockgate.app.mistake import Wrong, quoted
from lockgate.app.parts import Parts
from lockgate.core import address
from lockgate.core.duration import seconds
from lockgate.core.remote_guard import LONGEST


def mistakes(parts: Parts) -> Iterator[Wrong]:
    for name, model in parts.models.items():
        if model.cache is None or model.cache.similar is None:
            continue
        there = model.cache.similar.embeddings
        path = ("models", name, "cache", "similar", "embeddings")
        try:
            address.upstream(there.url)
        except ValueError as error:
            yield Wrong((*path, "url"), quoted(there.url), str(error))
        if not 0.01 <= seconds(there.deadline) <= LONGEST:
            yield Wrong(
                (*path, "deadline"), quoted(there.deadline), f"between 10ms and {LONGEST}s: a request waits for it"
            )
