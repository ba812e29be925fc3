"""Which upstreams, in which order? A pure function; today the order of the configuration."""

from collections.abc import Sequence

from lockgate.core.exchange import Route, Upstream
from lockgate.core.problem import Kind, Problem


def plan(route: Route) -> Sequence[Upstream]:
    if not route.upstreams:
        raise Problem(Kind.OVERLOADED, "no upstream is configured for this model", source="gateway")
    return route.upstreams
