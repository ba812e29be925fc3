"""`idempotency`, and the store that it shares with limits."""

from collections.abc import Iterator

from lockgate.app.mistake import Wrong
from lockgate.app.parts import Parts


def mistakes(parts: Parts) -> Iterator[Wrong]:
    """Machines that do not name requests alike would each ask for the same one, and nobody would be told."""
    settings, store = parts.idempotency, parts.limit_store
    if settings is not None and settings.key is None and store is not None and store.remote:
        found = "nothing, with a `limit_store` that gateways share"
        yield Wrong(("idempotency", "key"), found, "the secret that all of them name requests and seal answers with")
