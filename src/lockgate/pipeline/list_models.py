"""The models that a key may use, in the shape of the client's dialect."""

from collections.abc import Mapping

from lockgate.core.auth import Caller
from lockgate.core.dialect import ModelCard
from lockgate.core.exchange import Call, Route
from lockgate.core.http import Reply
from lockgate.pipeline.authorize import authorize
from lockgate.pipeline.refuse import JSON


def list_models(caller: Caller, call: Call, routes: Mapping[str, Route]) -> Reply:
    cards = [ModelCard(name) for name in sorted(routes) if caller.may_use(name)]
    return Reply(200, JSON, call.dialect.models(cards))


def get_model(caller: Caller, call: Call, routes: Mapping[str, Route]) -> Reply:
    route = authorize(caller, call, routes)
    return Reply(200, JSON, call.dialect.model(ModelCard(route.model)))
