"""What one part of a configuration says of another, and what a provider, a guard or a listener makes of its settings."""

from collections.abc import Iterator, Mapping
from pathlib import Path as File

from lockgate.app import address
from lockgate.app.in_words import UNKNOWN, choice
from lockgate.app.mistake import Path, Wrong, quoted
from lockgate.app.parts import Parts
from lockgate.app.settings import ProviderSettings, ServerSettings
from lockgate.core.guard import GuardConfig
from lockgate.core.provider import Provider
from lockgate.stores.key_file import admin_secret


def mistakes(parts: Parts, providers: Mapping[str, Provider], folder: File) -> Iterator[Wrong]:
    """Everything that types cannot say. `folder` is the configuration's: relative paths begin there."""
    if parts.server is not None:
        yield from _server(parts.server, folder / parts.data)
    for name, settings in parts.providers.items():
        yield from _provider(("providers", name), settings, providers)
    for name, model in parts.models.items():
        for number, target in enumerate(model.targets):
            path = ("models", name, "targets", number, "provider")
            yield from _known(path, target.provider, parts.names["providers"])
    for name, team in parts.teams.items():
        for number, wanted in enumerate(team.models):
            yield from _known(("teams", name, "models", number), wanted, parts.names["models"] | {"*"})
    for number, key in parts.keys.items():
        yield from _known(("keys", number, "team"), key.team, parts.names["teams"])
    yield from _repeated("keys", {number: key.name for number, key in parts.keys.items()})
    yield from _repeated("rules", {number: rule.name for number, rule in parts.rules.items()})
    yield from _guards(parts)


def _server(server: ServerSettings, data: File) -> Iterator[Wrong]:
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


def _provider(path: Path, settings: ProviderSettings, known: Mapping[str, Provider]) -> Iterator[Wrong]:
    provider = known.get(settings.kind)
    if provider is None:
        yield Wrong((*path, "kind"), f"{quoted(settings.kind)}, {UNKNOWN}", choice(sorted(known), settings.kind))
    elif provider.builtin:
        for name in ("base_url", "api_key"):
            if getattr(settings, name) is not None:
                yield Wrong(
                    (*path, name), "a setting", f"nothing: {settings.kind} is built in and is reached without it"
                )
    else:
        yield from _reach(path, settings, provider)


def _reach(path: Path, settings: ProviderSettings, provider: Provider) -> Iterator[Wrong]:
    if settings.base_url is not None:
        try:
            address.upstream(settings.base_url)
        except ValueError as error:
            yield Wrong((*path, "base_url"), quoted(_without_user(settings.base_url)), str(error))
    elif not provider.base_url:
        yield Wrong((*path, "base_url"), "nothing", f"a URL: {settings.kind} has no address of its own")
    elif settings.api_key is None and not provider.keyless:
        # With an address of the operator's own, the upstream may want none.
        advice = f"{{env: {provider.environment[0]}}}" if provider.environment else "{env: NAME} or {file: PATH}"
        yield Wrong((*path, "api_key"), "nothing", f"a credential for {settings.kind}, as in {advice}")


def _guards(parts: Parts) -> Iterator[Wrong]:
    for number, rule in parts.rules.items():
        path = ("rules", number, "guard")
        if type(rule.guard) is GuardConfig:
            yield Wrong((*path, "kind"), f"{quoted('GuardConfig')}, {UNKNOWN}", choice(()))
            continue
        try:
            rule.guard.build()
        except ValueError as error:
            yield Wrong(path, "settings that the guard refuses", str(error) or "other settings")


def _known(path: Path, name: str, known: frozenset[str]) -> Iterator[Wrong]:
    if name not in known:
        yield Wrong(path, f"{quoted(name)}, which is not in this file", choice(sorted(known), name))


def _repeated(section: str, names: Mapping[int, str]) -> Iterator[Wrong]:
    seen: dict[str, int] = {}
    for number, name in names.items():
        first = seen.setdefault(name, number)
        if first != number:
            yield Wrong(
                (section, number, "name"), f"{quoted(name)} again", f"a name that {section}.{first} does not have"
            )


def _without_user(url: str) -> str:
    """A URL for a message: what stands before the `@` may be a password."""
    return "***@" + url.rpartition("@")[2] if "@" in url else url
