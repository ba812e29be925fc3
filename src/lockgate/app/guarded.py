"""The secrets of a process, as egress control wants them: each with a name, and the upstream that it may go to."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from lockgate.app.load import Loaded
from lockgate.app.mistake import dotted
from lockgate.app.settings import Config, TlsSettings
from lockgate.core.guard import GuardConfig
from lockgate.core.http import Origin
from lockgate.core.remote_guard import RemoteGuardConfig
from lockgate.egress import Guarded
from lockgate.egress.private_key import secret_parts
from lockgate.stores.key_file.pepper import PEPPERS

_PEM = "PRIVATE KEY-----"
_NONE: Mapping[str, Origin] = {}


def guarded(loaded: Loaded, origins: Mapping[str, Origin] = _NONE) -> Iterator[Guarded]:
    """`origins` are those of the providers, by name."""
    for label, secret in loaded.held.items():
        if _PEM in secret.reveal():
            yield from _parts(label, secret.reveal().encode())
            continue
        section, _, rest = label.partition(".")
        homes = frozenset({origins[name]} if section == "providers" and (name := _provider(rest, origins)) else ())
        if section == "rules":
            homes = _home(loaded.valid.rules[int(rest.partition(".")[0])].guard)
        if section == "models":
            homes = frozenset(_embeddings(loaded.valid, label))
        yield Guarded(label, secret.reveal().encode(), homes, many=section == "keys")
    yield from _files(loaded)


def _provider(rest: str, origins: Mapping[str, Origin]) -> str:
    """Names may have dots in them."""
    return next((name for name in sorted(origins, key=len, reverse=True) if rest.startswith(f"{name}.")), "")


def _home(guard: GuardConfig) -> frozenset[Origin]:
    """Where a guard that is asked over the network may be shown its own credential."""
    return frozenset({guard.home} if isinstance(guard, RemoteGuardConfig) else ())


def _embeddings(config: Config, label: str) -> Iterator[Origin]:
    """Where the key of an embeddings server may go to. Names of models may have dots in them."""
    for name, model in config.models.items():
        path = ("models", name, "cache", "similar", "embeddings", "api_key")
        if label == dotted(path) and model.cache is not None and model.cache.similar is not None:
            yield model.cache.similar.embeddings.home


def _files(loaded: Loaded) -> Iterator[Guarded]:
    for name in PEPPERS if loaded.held else ():  # not alone: it would cost every idle gateway 10 MB
        if pepper := _read(loaded.data / name):
            yield Guarded("the pepper", pepper)
    if key := _read(loaded.data / "tokens.key").strip():
        yield Guarded("the key of tokens", key)
    for label, path in _key_files(loaded.valid, loaded.folder, loaded.data):
        yield from _parts(label, _read(path))


def _parts(label: str, pem: bytes) -> Iterator[Guarded]:
    for part, whole in secret_parts(pem):
        yield Guarded(label, part, whole=whole)


def _key_files(config: Config, folder: Path, data: Path) -> Iterator[tuple[str, Path]]:
    server = config.server
    for name, tls in (("server.tls.key", server.tls), ("server.admin_tls.key", server.admin_tls)):
        if isinstance(tls, TlsSettings):
            yield name, folder / tls.key
        elif tls is not None:
            yield name, data / "tls" / "self-signed.key"
    for name, provider in config.providers.items():
        if provider.tls is not None and provider.tls.client_key is not None:
            yield f"providers.{name}.tls.client_key", folder / provider.tls.client_key


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""
