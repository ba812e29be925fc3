"""May they? An unknown model and a forbidden one look the same from outside."""

from collections.abc import Mapping

from lockgate.core.auth import Caller
from lockgate.core.exchange import Call, Route
from lockgate.core.problem import Kind, Problem


def authorize(caller: Caller, call: Call, routes: Mapping[str, Route]) -> Route:
    route = routes.get(call.ask.model)
    if route is None or not caller.may_use(route.model):
        raise Problem(Kind.NO_MODEL, "there is no such model, or this key may not use it", where="model")
    return route
