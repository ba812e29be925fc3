"""The secrets of a process, as egress control wants them: each with a name, and the upstream that it may go to."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from lockgate.app.load import Loaded
from lockgate.app.settings import ServerSettings, TlsSettings
from lockgate.core.http import Origin
from lockgate.egress import Guarded
from lockgate.egress.private_key import secret_parts

_NONE: Mapping[str, Origin] = {}


def guarded(loaded: Loaded, origins: Mapping[str, Origin] = _NONE) -> Iterator[Guarded]:
    """`origins` are those of the providers, by name."""
    for label, secret in loaded.held.items():
        section, _, rest = label.partition(".")
        homes = frozenset({origins[name]} if section == "providers" and (name := _provider(rest, origins)) else ())
        yield Guarded(label, secret.reveal().encode(), homes, many=section == "keys")
    yield from _files(loaded)


def _provider(rest: str, origins: Mapping[str, Origin]) -> str:
    """Names may have dots in them."""
    return next((name for name in sorted(origins, key=len, reverse=True) if rest.startswith(f"{name}.")), "")


def _files(loaded: Loaded) -> Iterator[Guarded]:
    pepper = _read(loaded.data / "pepper")
    if pepper:
        yield Guarded("the pepper", pepper)
    server = loaded.valid.server
    for label, path in _key_files(server, loaded.folder, loaded.data):
        for part, whole in secret_parts(_read(path)):
            yield Guarded(label, part, whole=whole)


def _key_files(server: ServerSettings, folder: Path, data: Path) -> Iterator[tuple[str, Path]]:
    for name, tls in (("server.tls.key", server.tls), ("server.admin_tls.key", server.admin_tls)):
        if isinstance(tls, TlsSettings):
            yield name, folder / tls.key
        elif tls is not None:
            yield name, data / "tls" / "self-signed.key"


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""
