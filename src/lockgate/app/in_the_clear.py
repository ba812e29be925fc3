"""What crosses the network in the clear: no mistake, for a network may be one's own, but nobody should learn of it late."""

from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

from lockgate.app import address
from lockgate.app.load import Loaded
from lockgate.app.references import all_references
from lockgate.app.settings import Config, ListenerTls


def in_the_clear(loaded: Loaded, environ: Mapping[str, str]) -> Iterator[str]:
    """As the file says it."""
    server = loaded.valid.server
    yield from exposed(server.listen, server.tls, "tls")
    yield from exposed(server.admin, server.tls_of_admin, "admin_tls")
    yield from asked_in_the_clear(loaded.valid, environ)


def exposed(listen: str, tls: ListenerTls, setting: str) -> Iterator[str]:
    """`listen` is where a listener is."""
    if tls is None and not address.listen(listen).loopback:
        yield (
            f"{listen} can be reached by other machines without TLS: keys and prompts cross the network in the clear. "
            f"Set `server.{setting}`, or keep a proxy that speaks TLS in front"
        )


def asked_in_the_clear(config: Config, environ: Mapping[str, str]) -> Iterator[str]:
    """Who keeps secrets, and is asked for them over plain HTTP."""
    for path, ref in all_references(config):
        source, value = ref.source
        parts = urlsplit(source.asked(value, environ))
        host = parts.hostname or ""
        if parts.scheme == "http" and not address.Listen(host, 0).loopback:
            place = ".".join(map(str, path))
            yield (
                f"{place}: {source.name} at {host} is asked without TLS: the secret, and what opens it, cross the network "
                "in the clear. Use https://"
            )
