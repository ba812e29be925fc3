"""The models that a key may use, in the shape of the client's dialect; and which version of that is spoken."""

from lockgate.core.dialect import ModelCard
from lockgate.core.exchange import Call
from lockgate.core.http import Reply
from lockgate.core.policy import Standing
from lockgate.pipeline.authorize import authorize
from lockgate.pipeline.refuse import JSON


def listing(standing: Standing, call: Call) -> Reply:
    if call.operation == "version":
        return Reply(200, JSON, call.dialect.version)
    return (list_models if call.operation == "list_models" else get_model)(standing, call)


def list_models(standing: Standing, call: Call) -> Reply:
    cards = [ModelCard(name) for name in sorted(standing.routes) if standing.route(name)]
    return Reply(200, JSON, call.dialect.models(cards))


def get_model(standing: Standing, call: Call) -> Reply:
    route = authorize(standing, call)
    return Reply(200, JSON, call.dialect.model(ModelCard(route.model)))
