"""What one part of a configuration says of another, and what a provider, a guard or a listener makes of its settings."""

from collections.abc import Iterator, Mapping
from pathlib import Path as File

from lockgate.app.checks import access, audit, guards, prices, server, tls
from lockgate.app.checks import providers as provider_checks
from lockgate.app.checks.names import known, repeated
from lockgate.app.mistake import Wrong
from lockgate.app.parts import Parts
from lockgate.core.provider import Provider


def mistakes(parts: Parts, providers: Mapping[str, Provider], folder: File) -> Iterator[Wrong]:
    """Everything that types cannot say. `folder` is the configuration's: relative paths begin there."""
    if parts.server is not None:
        yield from server.mistakes(parts.server, folder / parts.data)
        yield from tls.mistakes(parts.server, folder)
    if parts.audit is not None:
        yield from audit.mistakes(parts.audit)
    for name, settings in parts.providers.items():
        yield from provider_checks.mistakes(("providers", name), settings, providers)
    for name, model in parts.models.items():
        for number, target in enumerate(model.targets):
            path = ("models", name, "targets", number, "provider")
            yield from known(path, target.provider, parts.names["providers"])
    yield from access.mistakes(parts)
    for number, key in parts.keys.items():
        yield from known(("keys", number, "team"), key.team, parts.names["teams"])
    yield from repeated("keys", {number: key.name for number, key in parts.keys.items()})
    yield from repeated("rules", {number: rule.name for number, rule in parts.rules.items()})
    yield from guards.mistakes(parts)
    yield from prices.mistakes(parts)
