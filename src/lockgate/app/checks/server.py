"""`server`: addresses that can be listened on, and what they ask for."""

from collections.abc import Iterator
from pathlib import Path as File

from lockgate.app import address
from lockgate.app.checks.access import networks
from lockgate.app.mistake import Wrong, quoted
from lockgate.app.settings import ServerSettings
from lockgate.stores.key_file import admin_secret


def mistakes(server: ServerSettings, data: File) -> Iterator[Wrong]:
    yield from networks(("server", "ips"), server.ips or ())
    yield from networks(("server", "deny_ips"), server.deny_ips)
    yield from networks(("server", "trusted_proxies"), server.trusted_proxies)
    places: dict[str, address.Listen] = {}
    for name in ("listen", "admin"):
        text = str(getattr(server, name))
        try:
            places[name] = address.listen(text)
        except ValueError as error:
            yield Wrong(("server", name), quoted(text), str(error))
    data_plane, admin = places.get("listen"), places.get("admin")
    if data_plane and admin and data_plane == admin and admin.port:
        yield Wrong(("server", "admin"), f"{admin}, the address of `listen` too", "an address of its own")
    if admin and not admin.loopback and not admin_secret.exists(data):
        found = f"{admin}, which other machines can reach, and no admin secret in {data}"
        yield Wrong(("server", "admin"), found, "127.0.0.1 until `lockgate up` has made the secret")
