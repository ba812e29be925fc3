"""`providers.NAME.held`: whoever shares limits with other machines shares the marks on what providers hold, too."""

from collections.abc import Iterator

from lockgate.app.mistake import Wrong
from lockgate.app.parts import Parts


def mistakes(parts: Parts) -> Iterator[Wrong]:
    """An answer that one machine gave would be nobody's at the next."""
    if parts.limit_store is None or not parts.limit_store.remote:
        return
    for name, provider in parts.providers.items():
        if provider.responses is not None and provider.held.key is None:
            found = "nothing, with a `limit_store` that gateways share"
            yield Wrong(("providers", name, "held", "key"), found, "the secret that all of them make marks with")
