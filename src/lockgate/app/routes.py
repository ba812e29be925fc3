"""Models of a configuration as routes: each target with its share, its row in the table of health, and its conditions."""

import logging
from collections.abc import Iterator, Mapping
from dataclasses import replace
from hashlib import blake2b
from math import lcm

from lockgate.app.conditions import condition
from lockgate.app.header_rules import policy
from lockgate.app.prices import Target
from lockgate.app.remote_rules import RemoteRuleSets
from lockgate.app.rule_sets import RuleSets
from lockgate.app.settings import Config, ModelSettings, TargetSettings
from lockgate.app.upstreams import Provided
from lockgate.app.when import when
from lockgate.core.duration import seconds
from lockgate.core.exchange import Route, Upstream
from lockgate.core.price_list import UNKNOWN, Quotes
from lockgate.health import Enlisted, Table

log = logging.getLogger("lockgate.health")


def routes(
    config: Config,
    providers: Mapping[str, Provided],
    rules: tuple[RuleSets, RemoteRuleSets],
    quotes: Mapping[Target, Quotes],
    *,
    health: Table | None = None,
    workers: int = 1,
) -> Mapping[str, Route]:
    """`health` learns which upstreams there are; `workers` share what may run at once."""
    made = {name: list(_upstreams(name, model, providers, quotes)) for name, model in config.models.items()}
    places: Mapping[int, int] = {}
    if health is not None:
        known = {each.digest: each for pairs in made.values() for _, each in pairs}
        digests = list(known)
        at = {digest: number for number, digest in enumerate(digests)}
        wanted = [_shared(each, providers[each.provider], workers) for each in known.values()]
        pools = [[at[each.digest] for _, each in pairs] for pairs in made.values()]
        places = dict(zip(digests, health.enlist(wanted, pools), strict=True))
        if strangers := sum(place < 0 for place in places.values()):
            log.warning(
                "there is no room to watch %d of %d upstreams: no breaker and no bulkhead holds there",
                strangers,
                len(places),
            )
    return {
        name: _route(
            name,
            config.models[name],
            tuple(replace(upstream, place=places.get(each.digest, -1)) for upstream, each in pairs),
            rules,
        )
        for name, pairs in made.items()
    }


def _route(
    name: str, model: ModelSettings, upstreams: tuple[Upstream, ...], rules: tuple[RuleSets, RemoteRuleSets]
) -> Route:
    most = model.max_input_tokens or 0, model.max_output_tokens or 0
    may = None if model.condition is None else condition(model.condition)
    kept = None if model.cache is None else model.cache.build()
    balancer = None if model.balance is None else model.balance.build()
    grouped = len({upstream.group for upstream in upstreams}) > 1
    local, remote = rules[0](name), rules[1](name)
    conditional = any(upstream.when is not None for upstream in upstreams)
    longest, ping = seconds(model.deadline or "0s") or None, seconds(model.ping or "0s")
    route = Route(name, upstreams, *local, *most, policy(model.headers), may, *remote, kept)
    route = replace(route, balancer=balancer, conditional=conditional, grouped=grouped)
    hedge = None if model.hedge is None else model.hedge.build()
    route = replace(route, hedge=hedge, collapse=model.collapse)
    return replace(route, retry=model.retry.build(model.fallback_on), deadline=longest, ping=ping)


def _upstreams(
    name: str, model: ModelSettings, providers: Mapping[str, Provided], quotes: Mapping[Target, Quotes]
) -> Iterator[tuple[Upstream, Enlisted]]:
    """Every credential of every target. What a target's weight is, its credentials share."""
    parts = lcm(*(len(providers[target.provider].upstreams) for target in model.targets))
    metered = model.balance is not None and model.balance.headroom
    for target in model.targets:
        credentials = providers[target.provider].upstreams
        for number, each in enumerate(credentials):
            upstream = _target(each, target, name, quotes)
            label = _label(upstream, target.model or name, number if len(credentials) > 1 else None)
            seed = int.from_bytes(blake2b(label.encode(), digest_size=4).digest()) >> 2
            weight = target.weight * parts // len(credentials)
            made = replace(upstream, weight=weight, seed=seed, metered=metered)
            yield made, Enlisted(label, _digest(label, made), target.provider)


def _target(upstream: Upstream, target: TargetSettings, name: str, quotes: Mapping[Target, Quotes]) -> Upstream:
    return replace(
        upstream,
        model=target.model or "",
        region=target.region or upstream.region,
        quotes=quotes.get((upstream.name, target.model or name), UNKNOWN),
        group=target.priority,
        when=None if target.when is None else when(target.when),
    )


def _label(upstream: Upstream, model: str, number: int | None) -> str:
    return f"{upstream.name}/{model}" + ("" if number is None else f"#{number + 1}")


def _digest(label: str, upstream: Upstream) -> int:
    """The same name at another address is another upstream."""
    origin = upstream.origin
    place = f"{label} {origin.scheme}://{origin.host}:{origin.port}{upstream.base_path}"
    return int.from_bytes(blake2b(place.encode(), digest_size=8).digest())


def _shared(each: Enlisted, provider: Provided, workers: int) -> Enlisted:
    bounds = provider.settings.bulkhead
    requests, pending = (-(-(most or 0) // workers) for most in (bounds.requests, bounds.pending))
    return Enlisted(each.label, each.digest, each.provider, provider.settings.health.build(), requests, pending)
