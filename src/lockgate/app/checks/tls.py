"""`server.tls` and `server.admin_tls`: files that are there, and belong together."""

import ssl
from collections.abc import Iterator
from pathlib import Path as File

from lockgate.app.listener_tls import certificate
from lockgate.app.mistake import Path, Wrong
from lockgate.app.settings import ServerSettings, TlsSettings
from lockgate.edge.certificate import server_context


def mistakes(server: ServerSettings, folder: File) -> Iterator[Wrong]:
    for name, settings in (("tls", server.tls), ("admin_tls", server.admin_tls)):
        if isinstance(settings, TlsSettings):
            yield from _mistakes(("server", name), settings, folder)


def _mistakes(path: Path, settings: TlsSettings, folder: File) -> Iterator[Wrong]:
    missing = list(_unreadable(path, settings, folder))
    yield from missing
    files = certificate(settings, folder, folder, "") if not missing else None
    if files is None:
        return
    try:
        server_context(files)
    except OSError as error:
        yield _unfit(path, settings, folder, error)


def _unfit(path: Path, settings: TlsSettings, folder: File, error: OSError) -> Wrong:
    reason = str(getattr(error, "reason", "") or ("unreadable" if isinstance(error, ssl.SSLError) else error.strerror))
    for name, what in (("crl", "revocation lists"), ("client_ca", "certificates")):
        file = getattr(settings, name)
        if file is not None and error.filename == str(folder / file):
            return Wrong((*path, name), f"{folder / file}, which OpenSSL does not take ({reason})", f"{what} in PEM")
    return Wrong(path, f"certificate and key that OpenSSL does not take together ({reason})", _expected(reason))


def _unreadable(path: Path, settings: TlsSettings, folder: File) -> Iterator[Wrong]:
    for name in ("cert", "key", "client_ca", "crl"):
        file = getattr(settings, name)
        if file is not None and (reason := _why_not(folder / file)):
            yield Wrong((*path, name), f"{folder / file}, which cannot be read ({reason})", "a PEM file")


def _why_not(file: File) -> str:
    if file.exists() and not file.is_file():  # OpenSSL would wait for who writes to a pipe
        return "it is no regular file"
    try:
        file.read_bytes()
    except OSError as error:
        return str(error.strerror)
    return ""


def _expected(reason: str) -> str:
    if reason == "KEY_VALUES_MISMATCH":
        return "the key of this very certificate"
    return "certificates in PEM, the listener's first, and its key without a password"
