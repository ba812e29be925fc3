"""From a checked configuration to the objects that serve. Pure composition: what can be wrong was found before."""

import hashlib
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass, field, replace
from typing import Any

import msgspec
from msgspec import structs

from lockgate.app import address
from lockgate.app.callers import members
from lockgate.app.conditions import condition
from lockgate.app.guarded import guarded
from lockgate.app.header_rules import policy, sources
from lockgate.app.load import Loaded, beside
from lockgate.app.places import policies
from lockgate.app.prices import Target
from lockgate.app.rule_sets import RuleSets, rule_sets
from lockgate.app.settings import ModelSettings, ProviderSettings
from lockgate.app.token_room import TokenRoom
from lockgate.app.trust import trust
from lockgate.core.audit import Books, Proving, Receipts
from lockgate.core.auth import Authenticator, AuthPorts
from lockgate.core.dialect import Dialect
from lockgate.core.exchange import Route, Upstream
from lockgate.core.http import Origin, Transport
from lockgate.core.key_digest import Pepper
from lockgate.core.nonce import Nonces
from lockgate.core.price_list import UNKNOWN, Quotes
from lockgate.core.provider import Provider
from lockgate.core.registry import tables
from lockgate.core.versions import Versions
from lockgate.egress import Scanner
from lockgate.pipeline.admit import Admission
from lockgate.pipeline.authenticate import Entrance
from lockgate.pipeline.begin import Clock
from lockgate.pipeline.egress import CheckedTransport
from lockgate.pipeline.recognise import Catalogue
from lockgate.pipeline.serve import Gateway

DEFAULT_DIALECT = "openai_chat"
"""What an error speaks at a path that belongs to no dialect: most clients read OpenAI's shape."""


@dataclass(frozen=True, slots=True)
class Ports:
    """What a gateway reaches the world with. `demo_port` is where the built-in upstream listens, 0 without one.

    `memory` is what the ways in keep from one configuration to the next.
    """

    transport: Transport
    books: Books
    clock: Clock
    keys: Authenticator
    pepper: Pepper
    nonces: Nonces
    demo_port: int = 0
    receipts: Receipts | None = None
    tokens: TokenRoom = field(default_factory=TokenRoom)
    memory: MutableMapping[tuple[str, str], Any] = field(default_factory=dict)


def build(
    loaded: Loaded,
    ports: Ports,
    quotes: Mapping[Target, Quotes] | None = None,
    admission: Admission | None = None,
) -> Gateway:
    """`quotes` are what targets cost; `admission` are the limits."""
    config = loaded.valid
    providers = tables("lockgate.providers", Provider)
    rules = rule_sets(config.rules, loaded.data)
    upstreams = {
        name: _upstream(name, settings, providers[settings.kind], loaded, ports.demo_port)
        for name, settings in config.providers.items()
    }
    routes = {name: _route(name, model, upstreams, rules, quotes or {}) for name, model in config.models.items()}
    allowed = policies(config, routes)
    egress = Scanner(guarded(loaded, {name: upstream.origin for name, upstream in upstreams.items()}))
    transport = CheckedTransport(ports.transport, egress)
    way_in = entrance(loaded, ports)
    proven = proving(loaded, ports)
    tokens = ports.tokens.keeper(loaded)
    books, clock = ports.books, ports.clock
    return Gateway(catalogue(), way_in, allowed, transport, books, clock, admission, egress, proven, tokens)


def proving(loaded: Loaded, ports: Ports) -> Proving:
    """The policy's hash is that of the file as it was understood, defaults included; references to secrets are in it, secrets not."""
    policy = hashlib.sha256(msgspec.json.encode(loaded.valid, order="sorted")).hexdigest()
    return Proving(policy, loaded.valid.audit.hashes, ports.receipts)


def entrance(loaded: Loaded, ports: Ports) -> Entrance:
    """The ways in, in the order of the file."""
    given = AuthPorts(
        ports.keys,
        members(loaded.valid),
        frozenset(loaded.valid.teams),
        loaded.secrets.__getitem__,
        loaded.checked.__getitem__,
        beside(loaded.folder),
        ports.pepper,
        ports.transport,
        ports.nonces,
        ports.clock.wall,
        ports.memory,
    )
    return Entrance([method.build(given) for method in loaded.valid.auth])


def catalogue() -> Catalogue:
    """Every endpoint of every dialect that is installed."""
    dialects = tables("lockgate.dialects", Dialect)
    return Catalogue(tuple(dialects.values()), dialects[DEFAULT_DIALECT])


def _upstream(name: str, settings: ProviderSettings, provider: Provider, loaded: Loaded, demo_port: int) -> Upstream:
    if provider.builtin:
        origin, path = Origin("http", "127.0.0.1", demo_port, literal=True), ""
    else:
        origin, path = address.upstream(settings.base_url or provider.base_url, allow_private=settings.allow_private)
    origin = structs.replace(origin, trust=trust(settings.tls, loaded.folder))
    credential = None if settings.api_key is None else loaded.secrets[settings.api_key]
    spare = None if settings.next_api_key is None else loaded.secrets[settings.next_api_key]
    versions = Versions(credential, spare) if credential and spare and credential != spare else None
    timeouts, region = settings.timeouts.build(), settings.region or ""
    added = sources(settings.headers) or None
    return Upstream(
        name, provider, origin, path, credential, timeouts=timeouts, region=region, add=added, versions=versions
    )


def _route(
    name: str,
    model: ModelSettings,
    upstreams: dict[str, Upstream],
    rules: RuleSets,
    quotes: Mapping[Target, Quotes],
) -> Route:
    targets = [
        replace(
            u,
            model=target.model or "",
            region=target.region or u.region,
            quotes=quotes.get((u.name, target.model or name), UNKNOWN),
        )
        for target in model.targets
        for u in (upstreams[target.provider],)
    ]
    most = model.max_input_tokens or 0, model.max_output_tokens or 0
    may = None if model.condition is None else condition(model.condition)
    return Route(name, tuple(targets), *rules(name), *most, policy(model.headers), may)
