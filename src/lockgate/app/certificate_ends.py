"""When the certificates end that this gateway shows: told by `check`, by a metric, and in the log while there is time."""

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from lockgate.app.listener_tls import Certificates, ListenerContext
from lockgate.app.load import Loaded
from lockgate.app.renewal import NOT_BUILT
from lockgate.app.settings import TlsSettings
from lockgate.app.tls_start import files as files_of

WARNED_DAYS = 14
_DAY = 86400.0

log = logging.getLogger("lockgate.tls")


def chain_ends(pem: bytes) -> float | None:
    """When the first of a file's certificates ends, in seconds since 1970; None for a file without any."""
    from cryptography import x509  # noqa: PLC0415  only where there is TLS

    try:
        return min(each.not_valid_after_utc.timestamp() for each in x509.load_pem_x509_certificates(pem))
    except ValueError:
        return None


def ends(loaded: Loaded) -> dict[str, float]:
    """Of every certificate that a configuration names, by the setting. A self-signed one is made anew at a start anyway."""
    server = loaded.valid.server
    named = (("server.tls", server.tls), ("server.admin_tls", server.admin_tls))
    listeners = {name: loaded.folder / tls.cert for name, tls in named if isinstance(tls, TlsSettings)}
    return {name: end for name, path in {**listeners, **_shown(loaded)}.items() if (end := _ends(path)) is not None}


def soon(found: Mapping[str, float], now: float) -> Iterator[tuple[str, str]]:
    """Those that end within two weeks: the setting, and what a person should hear of it."""
    for name, end in sorted(found.items()):
        if end - now < WARNED_DAYS * _DAY:
            left = f"in {int((end - now) // _DAY)} days" if end > now else "it has ended"
            yield name, f"{name}: the certificate ends on {datetime.fromtimestamp(end, UTC):%Y-%m-%d} ({left})"


class CertificateWatch:
    """In the process behind the admin listener. Of listeners it knows what is in force: a new file that does not fit its key is none."""

    def __init__(self, loaded: Loaded, files: Certificates, admin: ListenerContext, clock: Callable[[], float]) -> None:
        self._listeners = {"server.tls": ListenerContext(files.data_plane)}
        if files.admin and not (files.data_plane and files.data_plane.cert == files.admin.cert):
            self._listeners["server.admin_tls"] = admin
        self._loaded, self._clock = loaded, clock
        self._next = 0.0

    def use(self, loaded: Loaded) -> None:
        """Another configuration. The admin listener's own settings are read at the start."""
        self._loaded = loaded
        with suppress(*NOT_BUILT):  # the workers say what is wrong with it
            self._listeners["server.tls"].replaced(files_of(loaded, loaded.folder).data_plane)

    def ends(self) -> dict[str, float]:
        self._listeners["server.tls"].changed()
        listeners = {name: tls.chain for name, tls in self._listeners.items() if tls.context is not None}
        found = {name: chain_ends(chain) for name, chain in listeners.items()}
        found.update((name, _ends(path)) for name, path in _shown(self._loaded).items())
        return {name: end for name, end in found.items() if end is not None}

    def look(self) -> None:
        """Says once a day what ends soon."""
        now = self._clock()
        if now >= self._next:
            self._next = now + _DAY
            for _, text in soon(self.ends(), now):
                log.warning("%s", text)


def _shown(loaded: Loaded) -> dict[str, Path]:
    """What upstreams are shown."""
    return {
        f"providers.{name}.tls.client_cert": loaded.folder / provider.tls.client_cert
        for name, provider in loaded.valid.providers.items()
        if provider.tls is not None and provider.tls.client_cert is not None
    }


def _ends(path: Path) -> float | None:
    try:
        return chain_ends(path.read_bytes())
    except OSError:
        return None
