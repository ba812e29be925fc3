"""Authorities of clients without a revocation list beside those that have one: told, for what they revoked goes on to be good."""

from collections.abc import Iterator

from lockgate.app.load import Loaded
from lockgate.app.settings import TlsSettings
from lockgate.edge.revocation import unseen


def unlisted_authorities(loaded: Loaded) -> Iterator[str]:
    """Of both listeners, with the setting."""
    server = loaded.valid.server
    for name, tls in (("server.tls", server.tls), ("server.admin_tls", server.admin_tls)):
        if isinstance(tls, TlsSettings) and tls.client_ca is not None and tls.crl is not None:
            authorities, lists = (loaded.folder / each for each in (tls.client_ca, tls.crl))
            yield from (f"{name}.crl: {text}" for text in unseen(authorities.read_bytes(), lists.read_bytes()))
