"""The TLS of an upstream, from its settings: files by their paths, and how they look now, so that another content counts."""

from pathlib import Path

from lockgate.app.settings.upstream_tls import UpstreamTlsSettings
from lockgate.app.watch_files import signatures
from lockgate.core.http import Trust


def trust(settings: UpstreamTlsSettings | None, folder: Path) -> Trust | None:
    if settings is None:
        return None
    ca, cert, key = (str(folder / name) if name else "" for name in _names(settings))
    return Trust(ca, cert, key, settings.pins, signatures(files(settings, folder)))


def files(settings: UpstreamTlsSettings | None, folder: Path) -> tuple[Path, ...]:
    return tuple(folder / name for name in _names(settings) if name) if settings is not None else ()


def _names(settings: UpstreamTlsSettings) -> tuple[str | None, ...]:
    return settings.ca, settings.client_cert, settings.client_key
