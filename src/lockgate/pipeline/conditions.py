"""A model's own condition, where the operator wrote one. What cannot be decided is refused."""

import logging
from collections.abc import Mapping

from lockgate.core.auth import Caller
from lockgate.core.exchange import Call, Route
from lockgate.core.problem import Kind, Problem
from lockgate.pipeline.authenticate import CARRIERS
from lockgate.pipeline.ledger import Ledger

log = logging.getLogger("lockgate.access")


def meet(route: Route, call: Call, caller: Caller, ledger: Ledger) -> None:
    """Whether the caller may use the model now, by its condition."""
    if route.condition is None:
        return
    try:
        met = route.condition(facts(call, caller, ledger))
    except Exception as error:  # noqa: BLE001 - whatever it is, nobody knows whether the request may pass
        log.warning("the condition of model %s could not be decided: %s", route.model, type(error).__name__)
        met = False
    if met is not True:
        raise Problem(Kind.FORBIDDEN, "a condition of this model is not met", where="model")


def facts(call: Call, caller: Caller, ledger: Ledger) -> Mapping[str, object]:
    """What a condition may ask of. No credential, and nothing of the body but what routing knows."""
    headers: dict[str, str] = {}
    for name, value in call.headers:
        if name not in CARRIERS:
            named, text = name.decode("ascii"), value.decode("latin-1")
            headers[named] = f"{headers[named]}, {text}" if named in headers else text
    return {
        "request": {
            "endpoint": call.operation,
            "dialect": call.dialect.name,
            "model": call.ask.model,
            "stream": call.ask.stream,
            "address": ledger.client,
            "headers": headers,
        },
        "caller": {
            "organization": caller.organization,
            "team": caller.team,
            "teams": list(caller.teams),
            "user": caller.user,
            "key": caller.key_id,
            "name": caller.name,
            "roles": sorted(caller.roles),
            "method": caller.method,
            "claims": dict(caller.claims),
            "metadata": dict(caller.metadata),
        },
        "now": ledger.wall,
    }


NOBODY: Mapping[str, object] = {
    "request": dict.fromkeys(("endpoint", "dialect", "model", "address"), "") | {"stream": False, "headers": {}},
    "caller": dict.fromkeys(("organization", "team", "user", "key", "name", "method"), "")
    | {"teams": [], "roles": [], "claims": {}, "metadata": {}},
    "now": 0.0,
}
"""The same for nobody: a condition is tried on it before it is in force, to find names that do not exist."""
