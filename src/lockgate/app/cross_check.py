"""What one part of a configuration says of another, and what a provider, a guard or a listener makes of its settings."""

from collections.abc import Iterator, Mapping
from pathlib import Path as File

from lockgate.app.checks import (
    access,
    alerts,
    audit,
    flows,
    guards,
    headers,
    held,
    idempotency,
    limits,
    overload,
    prices,
    server,
    similar,
    targets,
    tls,
    tokens,
)
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
        yield from provider_checks.mistakes(("providers", name), settings, providers, folder)
    yield from targets.mistakes(parts)
    yield from similar.mistakes(parts)
    yield from access.mistakes(parts)
    yield from headers.mistakes(parts)
    for number, key in parts.keys.items():
        yield from known(("keys", number, "team"), key.team, parts.names["teams"])
    yield from _limits(parts)
    yield from repeated("keys", {number: key.name for number, key in parts.keys.items()})
    yield from repeated("rules", {number: rule.name for number, rule in parts.rules.items()})
    yield from repeated("flows", {number: flow.name for number, flow in parts.flows.items()})
    yield from guards.mistakes(parts)
    yield from flows.mistakes(parts)
    yield from tokens.mistakes(parts)
    yield from idempotency.mistakes(parts)
    yield from held.mistakes(parts)
    yield from prices.mistakes(parts)
    yield from alerts.mistakes(parts)
    yield from overload.mistakes(parts)


def _limits(parts: Parts) -> Iterator[Wrong]:
    yield from limits.mistakes((), ("gateway", ""), parts.limits, parts.budgets)
    for name, organization in parts.organizations.items():
        yield from limits.of(("organizations", name), ("organization", name), organization)
    for name, user in parts.users.items():
        yield from limits.of(("users", name), ("user", name), user)
    for name, team in parts.teams.items():
        yield from limits.of(("teams", name), ("team", name), team)
    for number, key in parts.keys.items():
        yield from limits.of(("keys", number), ("key", key.name), key)
    for name, model in parts.models.items():
        yield from limits.of(("models", name), ("model", name), model)
    for name, provider in parts.providers.items():
        yield from limits.of(("providers", name), ("provider", name), provider)
