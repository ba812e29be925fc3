"""When the certificates end that this gateway shows: told by `check`, by a metric, and in the log while there is time."""

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from lockgate.app.listener_tls import Certificates, Inside, ListenerContext
from lockgate.app.load import Loaded
from lockgate.app.renewal import NOT_BUILT
from lockgate.app.settings import TlsSettings
from lockgate.app.tls_start import files as files_of
from lockgate.edge.revocation import lists_in

WARNED_DAYS = 14
_DAY = 86400.0

log = logging.getLogger("lockgate.tls")


def chain_ends(pem: bytes) -> float | None:
    """When the first of a file's certificates ends, in seconds since 1970; None for a file without any."""
    from cryptography import x509  # noqa: PLC0415  only where there is TLS

    try:
        return min(each.not_valid_after_utc.timestamp() for each in x509.load_pem_x509_certificates(pem))
    except (ValueError, x509.InvalidVersion):
        return None


def list_ends(pem: bytes) -> float | None:
    """When the first of a file's revocation lists is over, for its issuer has promised a newer one by then; or None."""
    try:
        lists = lists_in(pem)
    except ValueError:
        return None
    return min((each.next_update_utc.timestamp() for each in lists if each.next_update_utc), default=None)


def ends(loaded: Loaded) -> dict[str, float]:
    """Of every certificate that a configuration names, by the setting. A self-signed one is made anew at a start anyway."""
    server, folder = loaded.valid.server, loaded.folder
    found = _shown(loaded)
    for name, tls in (("server.tls", server.tls), ("server.admin_tls", server.admin_tls)):
        if isinstance(tls, TlsSettings):
            files = (_read(folder, path) for path in (tls.cert, tls.client_ca, tls.crl))
            found |= _inside(name, Inside(*files))
    return found


def _inside(name: str, files: Inside) -> dict[str, float]:
    """By the settings of a listener."""
    found = {name: chain_ends(files.chain), f"{name}.client_ca": chain_ends(files.client_ca)}
    found[f"{name}.crl"] = list_ends(files.crl)
    return {name: end for name, end in found.items() if end is not None}


def soon(found: Mapping[str, float], now: float) -> Iterator[tuple[str, str]]:
    """Those that end within two weeks: the setting, and what a person should hear of it. Lists are made anew more often than
    that: of them one hears a day before, and what follows.
    """
    for name, end in sorted(found.items()):
        listed = name.endswith(".crl")
        if end - now < (1 if listed else WARNED_DAYS) * _DAY:
            left = f"in {int((end - now) // _DAY)} days" if end > now else "it has ended"
            day = f"{datetime.fromtimestamp(end, UTC):%Y-%m-%d}"
            if listed:
                yield name, f"{name}: the list ends on {day} ({left}), and no certificate of a client is good then"
            else:
                yield name, f"{name}: the certificate ends on {day} ({left})"


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
        found = _shown(self._loaded)
        for name, tls in self._listeners.items():
            found |= _inside(name, tls.inside)
        return found

    def look(self) -> None:
        """Says once a day what ends soon."""
        now = self._clock()
        if now >= self._next:
            self._next = now + _DAY
            for _, text in soon(self.ends(), now):
                log.warning("%s", text)


def _shown(loaded: Loaded) -> dict[str, float]:
    """What upstreams are shown."""
    named = {
        f"providers.{name}.tls.client_cert": provider.tls.client_cert
        for name, provider in loaded.valid.providers.items()
        if provider.tls is not None
    }
    found = {name: chain_ends(_read(loaded.folder, path)) for name, path in named.items()}
    return {name: end for name, end in found.items() if end is not None}


def _read(folder: Path, path: str | None) -> bytes:
    try:
        return b"" if path is None else (folder / path).read_bytes()
    except OSError:
        return b""
