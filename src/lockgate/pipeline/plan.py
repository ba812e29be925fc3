"""Which upstreams, in which order? A pure function of the route, the request, how upstreams stand, and the moment.

The route is the caller's: it holds only upstreams that its policy allows, so no attempt made of it can be another one.
"""

from collections.abc import Sequence

from lockgate.core.exchange import Call, Route, Upstream
from lockgate.core.health import Moment, View
from lockgate.core.problem import Kind, Problem


def plan(route: Route, call: Call, view: View, moment: Moment) -> Sequence[Upstream]:
    if not route.upstreams:
        raise Problem(Kind.OVERLOADED, "no upstream is configured for this model", source="gateway")
    return route.upstreams
