"""From a file to a checked configuration, or to everything that is wrong with it, at once."""

import math
import time
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from operator import attrgetter
from pathlib import Path
from typing import Any

import msgspec
import msgspec.inspect

from lockgate.app import cross_check, read_file, trust
from lockgate.app.checks import auth
from lockgate.app.mistake import Mistake, Wrong, dotted
from lockgate.app.mistake import Path as Place
from lockgate.app.parts import parts
from lockgate.app.references import all_references, references
from lockgate.app.secret_sources import NoSecret, Opener
from lockgate.app.settings import Config, SecretRef
from lockgate.app.shape import differences
from lockgate.app.watch_files import Signatures
from lockgate.app.yaml_lines import Document, NotYaml
from lockgate.core.duration import seconds
from lockgate.core.key_strength import LENGTH, famous, weakness
from lockgate.core.provider import Provider
from lockgate.core.registry import tables
from lockgate.core.secret import Secret
from lockgate.stores.key_file.pepper import PREVIOUS
from lockgate.stores.secret_file.master_key import master_keys

FILE_LIMIT = 1024 * 1024

_shape = msgspec.inspect.type_info(Config)


@dataclass(slots=True)
class Surrounding:
    """Where a file is read, and what was found while its secrets were opened."""

    environ: Mapping[str, str]
    folder: Path
    opener: Opener = field(init=False)
    labels: dict[str, Secret] = field(default_factory=dict)
    checked: dict[str, bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.opener = Opener(self.environ, self.folder, self.folder)


@dataclass(frozen=True, slots=True)
class Loaded:
    """A configuration and its secrets; or, when there are `problems`, no configuration.

    `data` is the data folder, absolute, and `folder` that of the file. `secrets` has every reference of the file.
    `held` has every secret there is, by where it stands or what it is for; `watched` are the files that they came from, `seen` how
    those looked before they were read. `again` is when all are read again in any case, by the monotonic clock. `checked` are files that are no secrets, by name, as they were when they were found well.
    """

    config: Config | None
    secrets: Mapping[SecretRef, Secret] = field(default_factory=dict)
    problems: tuple[Mistake, ...] = ()
    data: Path = Path()
    folder: Path = Path()
    held: Mapping[str, Secret] = field(default_factory=dict)
    watched: tuple[Path, ...] = ()
    seen: Signatures = ()
    again: float = math.inf
    checked: Mapping[str, bytes] = field(default_factory=dict)
    raw: bytes = field(default=b"", repr=False)
    """The file's bytes."""

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
    known = tables("lockgate.providers", Provider) if providers is None else providers
    place = Surrounding(environ, path.absolute().parent)
    try:
        return replace(_checked(document, path, place, known), raw=raw)
    except Exception as error:  # noqa: BLE001  a gateway that runs reads its file with this: it is not to end
        return Loaded(None, problems=(_of_ours(error).at(str(path), {}),))


def _checked(document: Document, path: Path, place: Surrounding, known: Mapping[str, Provider]) -> Loaded:
    wrong = [*document.wrong, *_wrong(document.value, place, known)]
    if wrong:
        found_at = (each.at(str(path), document.lines) for each in wrong)
        return Loaded(None, problems=tuple(sorted(found_at, key=attrgetter("line"))))
    return _loaded(msgspec.convert(document.value, Config), place)


def _of_ours(error: Exception) -> Wrong:
    """Its words may hold what stands in the file, so they are not said."""
    where = traceback.extract_tb(error.__traceback__)[-1]
    kind = f"{type(error).__name__} at {Path(where.filename).name}:{where.lineno}"
    return Wrong((), f"something that the check itself fails at ({kind})", "no such error of ours: please tell us")


def _loaded(config: Config, place: Surrounding) -> Loaded:
    opener = place.opener
    opener.note(*(file for each in config.providers.values() for file in trust.files(each.tls, place.folder)))
    opener.note(place.folder / config.data / PREVIOUS)  # comes and goes with a new pepper, which is a secret, too
    watched = tuple(sorted(opener.files))
    return Loaded(
        config,
        opener.opened,
        data=place.folder / config.data,
        folder=place.folder,
        held={**opener.held, **place.labels},
        watched=watched,
        seen=tuple(opener.files[path] for path in watched),
        again=next_time(config),
        checked=place.checked,
    )


def next_time(config: Config) -> float:
    refresh = config.secrets.refresh
    return math.inf if refresh is None else time.monotonic() + seconds(refresh)


def reopen(loaded: Loaded, environ: Mapping[str, str]) -> Loaded:
    """The same configuration with its secrets as they are now. `ValueError` when one cannot be had."""
    config = loaded.valid
    place = Surrounding(environ, loaded.folder, checked=dict(loaded.checked))
    place.opener = Opener(environ, loaded.folder, loaded.data, config.secrets.key)
    if wrong := list(_secrets(all_references(config), place.opener, place.labels)):
        raise ValueError("; ".join(f"{dotted(each.path)}: found {each.found}" for each in wrong))
    return replace(_loaded(config, place), raw=loaded.raw)


def _wrong(tree: dict[str, Any], place: Surrounding, providers: Mapping[str, Provider]) -> Iterator[Wrong]:
    shape = tuple(differences(tree, _shape))
    yield from shape
    healthy = parts(tree, shape)
    yield from cross_check.mistakes(healthy, providers, place.folder)
    key = healthy.secrets.key if healthy.secrets is not None else None
    opener = place.opener = Opener(place.environ, place.folder, place.folder / healthy.data, key)
    yield from _secrets(references(healthy), opener, place.labels)
    yield from auth.mistakes(healthy, opener.opened, _noted(place))


def _secrets(wanted: Iterable[tuple[Place, SecretRef]], opener: Opener, labels: dict[str, Secret]) -> Iterator[Wrong]:
    """Opens every reference; `labels` gets each by where it stands."""
    whose: dict[Secret, str] = {}
    for path, ref in wanted:
        try:
            secret = labels[dotted(path)] = opener.open(ref)
        except NoSecret as error:
            yield Wrong(path, error.found, error.expected)
            continue
        if path[0] != "keys":
            yield from _unfit(path, secret)
            continue
        if weak := weakness(secret.reveal()):
            yield Wrong(path, f"a secret that anybody could guess: {weak}", f"at least {LENGTH} random characters")
        name = f"{path[0]}.{path[1]}"
        if whose.setdefault(secret, name) != name:
            yield Wrong(path, f"the secret of {whose[secret]} too", "a secret of its own")


_KEYS: tuple[Place, ...] = (("secrets", "key"), ("tokens", "key"), ("idempotency", "key"))


def _unfit(path: Place, secret: Secret) -> Iterator[Wrong]:
    """A method of authentication says itself what is too weak for it."""
    if path[0] != "auth" and (word := famous(secret.reveal())):
        yield Wrong(path, f"a well-known example secret ({word})", "a secret that nobody else knows")
    elif path in _KEYS or (path[0] == "providers" and path[2:] == ("held", "key")):
        try:
            master_keys(secret.reveal())
        except ValueError as error:
            yield Wrong(path, "a secret that is no key", str(error))


def beside(folder: Path) -> Callable[[str], bytes]:
    """Reads files that are no secrets: a set of keys, a certificate. `OSError` or `ValueError` when it cannot."""

    def read(name: str) -> bytes:
        path = folder / name
        if path.exists() and not path.is_file():  # a pipe: nobody knows whether anybody writes to it
            raise ValueError("it is no regular file")
        with path.open("rb") as file:
            content = file.read(FILE_LIMIT + 1)
        if len(content) > FILE_LIMIT:
            raise ValueError(f"it is larger than {FILE_LIMIT} bytes")
        return content

    return read


def _noted(place: Surrounding) -> Callable[[str], bytes]:
    read = beside(place.folder)

    def noted(name: str) -> bytes:
        place.checked[name] = content = read(name)
        return content

    return noted


def _refused(path: Path, error: NotYaml) -> Loaded:
    return Loaded(None, problems=(error.wrong.at(str(path), {}),))
