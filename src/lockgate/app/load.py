"""From a file to a checked configuration, or to everything that is wrong with it, at once."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from operator import attrgetter
from pathlib import Path
from typing import Any

import msgspec
import msgspec.inspect

from lockgate.app import cross_check, read_file
from lockgate.app.checks import auth
from lockgate.app.mistake import Mistake, Wrong
from lockgate.app.parts import Parts, parts
from lockgate.app.secret_sources import NoSecret, fetch
from lockgate.app.settings import Config, SecretRef
from lockgate.app.shape import differences
from lockgate.app.yaml_lines import NotYaml
from lockgate.core.key_strength import LENGTH, weakness
from lockgate.core.provider import Provider
from lockgate.core.registry import tables
from lockgate.core.secret import Secret

FILE_LIMIT = 1024 * 1024

_shape = msgspec.inspect.type_info(Config)


@dataclass(frozen=True, slots=True)
class Loaded:
    """A configuration and its secrets; or, when there are `problems`, no configuration.

    `data` is the data folder, absolute, and `folder` that of the file. `secrets` has every reference of the file.
    """

    config: Config | None
    secrets: Mapping[SecretRef, Secret] = field(default_factory=dict)
    problems: tuple[Mistake, ...] = ()
    data: Path = Path()
    folder: Path = Path()

    @property
    def valid(self) -> Config:
        """The configuration, for whoever has seen that there are no problems. `ValueError` when there are."""
        if self.config is None:
            raise ValueError("; ".join(map(str, self.problems)))
        return self.config


def load(path: Path, environ: Mapping[str, str], providers: Mapping[str, Provider] | None = None) -> Loaded:
    """Reads and checks the file. Never raises: whatever is wrong is in `problems`.

    `providers` are those that a `kind` may name: all that are installed, if they are not given.
    """
    try:
        raw = read_file.raw(path)
    except NotYaml as error:
        return _refused(path, error)
    return loads(raw, path, environ, providers)


def loads(
    raw: bytes, path: Path, environ: Mapping[str, str], providers: Mapping[str, Provider] | None = None
) -> Loaded:
    """As `load`, for the file's bytes; `path` is what messages call it, and where relative paths begin."""
    try:
        document = read_file.document(raw)
    except NotYaml as error:
        return _refused(path, error)
    tree = document.value
    folder = path.absolute().parent
    secrets: dict[SecretRef, Secret] = {}
    known = tables("lockgate.providers", Provider) if providers is None else providers
    wrong = [*document.wrong, *_wrong(tree, folder, environ, known, secrets)]
    if wrong:
        found_at = (each.at(str(path), document.lines) for each in wrong)
        return Loaded(None, problems=tuple(sorted(found_at, key=attrgetter("line"))))
    config = msgspec.convert(tree, Config)
    return Loaded(config, secrets, data=folder / config.data, folder=folder)


def _wrong(
    tree: dict[str, Any],
    folder: Path,
    environ: Mapping[str, str],
    providers: Mapping[str, Provider],
    secrets: dict[SecretRef, Secret],
) -> Iterator[Wrong]:
    shape = tuple(differences(tree, _shape))
    yield from shape
    healthy = parts(tree, shape)
    yield from cross_check.mistakes(healthy, providers, folder)
    yield from _secrets(healthy, environ, folder, secrets)
    yield from auth.mistakes(healthy, secrets, beside(folder))


def _secrets(
    healthy: Parts, environ: Mapping[str, str], folder: Path, opened: dict[SecretRef, Secret]
) -> Iterator[Wrong]:
    """Opens every reference into `opened`."""
    for name, provider in healthy.providers.items():
        if provider.api_key is not None:
            try:
                opened[provider.api_key] = fetch(provider.api_key, environ, folder)
            except NoSecret as error:
                yield Wrong(("providers", name, "api_key"), error.found, error.expected)
    for path, reference in (*auth.secrets(healthy.auth), *_references(healthy)):
        try:
            opened[reference] = fetch(reference, environ, folder)
        except NoSecret as error:
            yield Wrong(path, error.found, error.expected)
    whose: dict[Secret, str] = {}
    for number, key in healthy.keys.items():
        path = ("keys", number, "secret")
        try:
            secret = opened[key.secret] = fetch(key.secret, environ, folder)
        except NoSecret as error:
            yield Wrong(path, error.found, error.expected)
            continue
        if weak := weakness(secret.reveal()):
            yield Wrong(path, f"a secret that anybody could guess: {weak}", f"at least {LENGTH} random characters")
        if whose.setdefault(secret, key.name) != key.name:
            yield Wrong(path, f"the secret of {whose[secret]!r} too", "a secret of its own")


def _references(healthy: Parts) -> Iterator[tuple[tuple[str | int, ...], SecretRef]]:
    """Of settings that stand alone."""
    for section in ("limit_store",):
        settings = getattr(healthy, section)
        for name in settings.__struct_fields__ if settings is not None else ():
            if isinstance(value := getattr(settings, name), SecretRef):
                yield (section, name), value


def beside(folder: Path) -> Callable[[str], bytes]:
    """Reads files that are no secrets: a set of keys, a certificate. `OSError` or `ValueError` when it cannot."""

    def read(name: str) -> bytes:
        with (folder / name).open("rb") as file:
            content = file.read(FILE_LIMIT + 1)
        if len(content) > FILE_LIMIT:
            raise ValueError(f"it is larger than {FILE_LIMIT} bytes")
        return content

    return read


def _refused(path: Path, error: NotYaml) -> Loaded:
    return Loaded(None, problems=(error.wrong.at(str(path), {}),))
