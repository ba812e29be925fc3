"""Which upstreams, in which order? A pure function of the route, the request, how upstreams stand, and the moment.

The route is the caller's: it holds only upstreams that its policy allows, so no attempt made of it can be another one.
"""

from collections.abc import Sequence
from dataclasses import replace

from msgspec import structs

from lockgate.core.exchange import Call, Route, Upstream
from lockgate.core.health import Health
from lockgate.core.problem import Kind, Problem
from lockgate.core.view import Moment, View
from lockgate.pipeline.again import acts


def planned(route: Route, call: Call, health: Health, moment: Moment) -> Sequence[Upstream]:
    """The plan for now. Where it begins with an upstream that one request may try, this request is the one.

    It does not wait there for as long as an upstream may take that is well, for the next one can answer it.
    """
    view = health.snapshot(moment.now)
    upstreams = plan(route, call, view, moment)
    if not view.calm and view.of(upstreams[0]).on_trial(moment.now):
        taken = health.claim(upstreams[0], moment.now)
        if len(upstreams) > 1:
            return _tried(upstreams, route, call, health) if taken else upstreams[1:]
    return upstreams


def _tried(upstreams: Sequence[Upstream], route: Route, call: Call, health: Health) -> Sequence[Upstream]:
    first, seconds = upstreams[0], health.patience(upstreams[0])
    if seconds >= first.timeouts.first_byte or "timeout" not in route.retry.faults or acts(call):
        return upstreams
    return [replace(first, timeouts=structs.replace(first.timeouts, first_byte=seconds)), *upstreams[1:]]


def plan(route: Route, call: Call, view: View, moment: Moment) -> Sequence[Upstream]:
    """The first choice, and its fall-backs behind it. Never nothing."""
    upstreams: Sequence[Upstream] = route.upstreams
    if not upstreams:
        raise Problem(Kind.OVERLOADED, "no upstream is configured for this model", source="gateway")
    if route.grouped:
        return _by_groups(route, call, view, moment)
    if view.calm:
        return upstreams if route.balancer is None else route.balancer.order(upstreams, call, view, moment)
    return _ordered(upstreams, route, call, view, moment) or _last(upstreams, route, call, view, moment)


def _by_groups(route: Route, call: Call, view: View, moment: Moment) -> Sequence[Upstream]:
    """Each group in its own order, one behind the other. Only where the plan begins is an upstream tried that was out."""
    planned: list[Upstream] = []
    for group in sorted({upstream.group for upstream in route.upstreams}):
        members = [upstream for upstream in route.upstreams if upstream.group == group]
        planned += _ordered(members, route, call, view, moment, trial=not planned)
    return planned or _last(route.upstreams, route, call, view, moment)


def _ordered(
    upstreams: Sequence[Upstream], route: Route, call: Call, view: View, moment: Moment, *, trial: bool = True
) -> Sequence[Upstream]:
    """Those that are well, as the balancer has them; in front of them one that may be well again, if there is one."""
    bad = view.bad
    open_to = [upstream for upstream in upstreams if upstream.name not in view.full] if view.full else upstreams
    well: Sequence[Upstream] = [upstream for upstream in open_to if upstream.place not in bad]
    if route.balancer is not None and len(well) > 1:
        well = route.balancer.order(well, call, view, moment)
    if trial and len(well) < len(open_to):
        for upstream in open_to:
            state = view.of(upstream)
            if upstream.place in bad and state.on_trial(moment.now) and (well or not state.sound(moment.now)):
                return [upstream, *well]
    return well


def _last(upstreams: Sequence[Upstream], route: Route, call: Call, view: View, moment: Moment) -> Sequence[Upstream]:
    """None is well. Those that only say nothing are asked as ever: where all are silent, nobody knows better."""
    left = [upstream for upstream in upstreams if upstream.name not in view.full]
    if not left:
        raise Problem(Kind.OVERLOADED, "every upstream of this model is full", source="gateway", retry_after=1)
    silent = [upstream for upstream in left if view.of(upstream).sound(moment.now)]
    if len(silent) > 1 and route.balancer is not None:
        return route.balancer.order(silent, call, view, moment)
    return silent or _least_bad(left, view)


def _least_bad(left: Sequence[Upstream], view: View) -> Sequence[Upstream]:
    """The one that will be well first is asked, once, and what it says goes to the client."""

    def badness(upstream: Upstream) -> tuple[bool, bool, float]:
        state = view.of(upstream)
        return state.down, state.tripped, max(state.out_until, state.cool_until)

    return [min(left, key=badness)]
