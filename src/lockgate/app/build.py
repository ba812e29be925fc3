"""From a checked configuration to the objects that serve. Pure composition: what can be wrong was found before."""

import hashlib
from collections.abc import Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field, replace
from secrets import token_bytes
from typing import Any

import msgspec
from msgspec import structs

from lockgate import __version__
from lockgate.app.callers import members
from lockgate.app.flows import flow_rules, spotlight
from lockgate.app.guarded import guarded
from lockgate.app.health_checks import HealthChecks, checks
from lockgate.app.holders import holding
from lockgate.app.load import Loaded, beside
from lockgate.app.places import policies
from lockgate.app.prices import Target
from lockgate.app.remote_rules import remote_rule_sets
from lockgate.app.routes import routes
from lockgate.app.rule_sets import rule_sets
from lockgate.app.settings import Config
from lockgate.app.similar import similar
from lockgate.app.upstreams import provided
from lockgate.core.approval import Approvals
from lockgate.core.audit import Books, Proving, Receipts
from lockgate.core.auth import Authenticator, AuthPorts, Shelf
from lockgate.core.cache import Answers
from lockgate.core.dialect import Dialect
from lockgate.core.health import Unwatched
from lockgate.core.http import Transport
from lockgate.core.key_digest import Pepper
from lockgate.core.nonce import Nonces
from lockgate.core.price_list import Quotes
from lockgate.core.provider import Provider
from lockgate.core.registry import tables
from lockgate.core.remote_guard import GuardPorts
from lockgate.egress import Scanner
from lockgate.health import Table
from lockgate.pipeline.admit import Admission
from lockgate.pipeline.authenticate import Entrance
from lockgate.pipeline.begin import Clock
from lockgate.pipeline.effort import Effort
from lockgate.pipeline.egress import CheckedTransport
from lockgate.pipeline.gate import Gate
from lockgate.pipeline.question import Caching
from lockgate.pipeline.recognise import Catalogue
from lockgate.pipeline.repeated import Flights
from lockgate.pipeline.serve import Gateway
from lockgate.tokens.keeper import Tokens

DEFAULT_DIALECT = "openai_chat"
"""What an error speaks at a path that belongs to no dialect: most clients read OpenAI's shape."""


@dataclass(frozen=True, slots=True)
class Ports:
    """What a gateway reaches the world with. `demo_port` is where the built-in upstream listens, 0 without one.

    `memory` is what the ways in keep from one configuration to the next, `health` what is known of upstreams by all
    `workers`, and `checks` asks them, in one of the workers.
    """

    transport: Transport
    books: Books
    clock: Clock
    keys: Authenticator
    pepper: Pepper
    nonces: Nonces
    demo_port: int = 0
    receipts: Receipts | None = None
    effort: Effort = field(default_factory=Effort)
    memory: MutableMapping[tuple[str, str], Any] = field(default_factory=dict)
    shelf: Shelf | None = None
    health: Table | None = None
    workers: int = 1
    checks: HealthChecks | None = None
    gate: Gate | None = None


@dataclass(frozen=True, slots=True)
class Memories:
    """What is counted and kept outside of a gateway: prices of targets, the limits, answers for models that keep
    them, and values that went out as tokens.
    """

    quotes: Mapping[Target, Quotes] = field(default_factory=dict)
    admission: Admission | None = None
    answers: Answers | None = None
    tokens: Tokens | None = None
    flights: Flights | None = None
    approvals: Approvals | None = None


NO_MEMORIES = Memories()
OF_A_MACHINE = ("server", "data", "audit", "secrets", "alerts", "overload", "limit_store", "cache_store", "idempotency")
"""Sections that say nothing about what an answer may hold."""


def build(loaded: Loaded, ports: Ports, memories: Memories = NO_MEMORIES) -> Gateway:
    config = loaded.valid
    providers = tables("lockgate.providers", Provider)
    rules = rule_sets(config.rules, loaded.data)
    upstreams = {
        name: holding(provided(name, settings, providers[settings.kind], loaded, ports.demo_port), loaded, ports.pepper)
        for name, settings in config.providers.items()
    }
    egress = Scanner(guarded(loaded, {name: each.origin for name, each in upstreams.items()}))
    transport = CheckedTransport(ports.transport, egress)
    elsewhere = GuardPorts(transport, loaded.secrets.__getitem__, ports.clock.wall, token_bytes(32))
    remote = remote_rule_sets(config.rules, loaded.data, elsewhere)
    way_in = entrance(loaded, ports)
    policy = answering(loaded)
    caching = caches(loaded, memories.answers, policy, transport)
    table = ports.health
    routed = routes(config, upstreams, (rules, remote), memories.quotes, health=table, workers=ports.workers)
    flows, data = flow_rules(config.flows), loaded.data
    routed = {
        name: replace(route, flows=flows(name), spotlight=spotlight(config.models[name].spotlight, data))
        for name, route in routed.items()
    }
    allowed = policies(config, routed)
    if ports.checks is not None:
        wanted = {name: check for name, each in config.providers.items() if (check := each.health.check) is not None}
        ports.checks.use(checks((each for route in routed.values() for each in route.upstreams), wanted))
    places = catalogue(), way_in, allowed, transport, ports.books, ports.clock
    health = Unwatched() if table is None else table
    kept = memories.admission, egress, proving(loaded, ports), caching, health
    return Gateway(
        *places,
        *kept,
        tokens=memories.tokens,
        effort=ports.effort,
        flights=memories.flights,
        gate=ports.gate,
        policy=policy,
        providers=able(providers),
        approvals=memories.approvals,
    )


def caches(loaded: Loaded, answers: Answers | None, policy: str, transport: Transport) -> Caching | None:
    return None if answers is None else Caching(answers, policy, similar(loaded, answers, transport))


def version(loaded: Loaded) -> str:
    """What tells one configuration from another, in audit records and receipts, too."""
    return hashlib.sha256(msgspec.json.encode(loaded.valid, order="sorted")).hexdigest()


def answering(loaded: Loaded) -> str:
    """What tells one way to let answers through from another: for those that are given again. Machines that share answers
    differ in what is left out of it.
    """
    there, bare = loaded.valid, Config(version=1)
    alike = structs.replace(there, **{name: getattr(bare, name) for name in OF_A_MACHINE})
    return f"{__version__} {hashlib.sha256(msgspec.json.encode(alike, order='sorted')).hexdigest()}"


def proving(loaded: Loaded, ports: Ports) -> Proving:
    """The policy's hash is that of the file as it was understood, defaults included; references to secrets are in it, secrets not."""
    return Proving(version(loaded), loaded.valid.audit.hashes, ports.receipts)


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
        ports.shelf,
    )
    return Entrance([method.build(given) for method in loaded.valid.auth])


def able(providers: Mapping[str, Provider]) -> Mapping[str, Sequence[str]]:
    """Of each dialect without chats, the kinds of providers that have it."""
    dialects = {each.dialect.name: each.dialect for kind in providers.values() for each in kind.services}
    return {
        name: sorted(kind.name for kind in providers.values() if kind.serves(dialect))
        for name, dialect in dialects.items()
        if dialect.vectors is not None
    }


def catalogue() -> Catalogue:
    """Every endpoint of every dialect that is installed."""
    dialects = tables("lockgate.dialects", Dialect)
    return Catalogue(tuple(dialects.values()), dialects[DEFAULT_DIALECT])
