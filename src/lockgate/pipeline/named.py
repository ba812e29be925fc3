"""What a request names of what a provider keeps beside answers: which upstream may be asked with it, and under which ids.

What the gateway gave to this caller goes to the account that gave it, and what the operator shares to whose it is. Nothing else goes
anywhere, in the caller's own dialect or in another one.
"""

from dataclasses import replace

from msgspec import structs

from lockgate.core.body import parse
from lockgate.core.exchange import Call, Route, Upstream
from lockgate.core.naming import Named, anything
from lockgate.core.problem import Problem
from lockgate.pipeline.ledger import Ledger
from lockgate.pipeline.translate import translated


def at_keeper(call: Call, route: Route, ledger: Ledger) -> tuple[Call, Route]:
    """The route with those upstreams only that may have it; and the call, knowing whether it names something. Raises the first `Problem`
    where there is none.
    """
    naming = call.dialect.naming
    if naming is None or not anything(naming.opened, parse(call.body).tree):
        return structs.replace(call, named=Named(makes=call.named.makes)), route
    upstreams, problems = list[Upstream](), list[Problem]()
    for upstream in route.upstreams:
        try:
            translated(call, call.body, upstream, ledger)
        except Problem as problem:
            problems.append(problem)
        else:
            upstreams.append(upstream)
    if not upstreams:
        raise problems[0]
    return call, route if not problems else replace(route, upstreams=tuple(upstreams))
