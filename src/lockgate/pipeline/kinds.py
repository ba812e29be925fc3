"""Requests for something else than a chat: which upstreams give it, and what of a request no rule can read."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from lockgate.core.exchange import Call, Route, Upstream
from lockgate.core.problem import Kind, Problem
from lockgate.core.sink import Found
from lockgate.pipeline.ledger import Ledger

UNREAD = "unread"
"""What findings call a text that is there as numbers."""


def serving(route: Route, call: Call, providers: Mapping[str, Sequence[str]]) -> Route:
    """The route with those upstreams only that have the endpoint. `providers`: of each dialect, all kinds of them that do.

    And of those the ones with the first one's model: vectors of another model are no answer to the same question.
    """
    upstreams = tuple(each for each in route.upstreams if each.provider.serves(call.dialect))
    if not upstreams:
        able = ", ".join(providers.get(call.dialect.name, ()))
        detail = f"no provider of this model has {call.operation}" + (f"; these have: {able}" if able else "")
        raise Problem(Kind.INVALID, detail, where="model")
    model = _model(upstreams[0], call)
    upstreams = tuple(each for each in upstreams if _model(each, call) == model)
    return route if len(upstreams) == len(route.upstreams) else replace(route, upstreams=upstreams)


def _model(upstream: Upstream, call: Call) -> str:
    """Its name there, without the maker's that some providers put before it."""
    return (upstream.model or call.ask.model).rpartition("/")[2].lower()


def readable(call: Call, route: Route, ledger: Ledger) -> None:
    """Raises the `Problem` of the first rule in force that would have to read what nobody can. It is written down either way."""
    table = call.dialect.vectors
    rules = (
        *route.request_rules.of(ledger.caller).at("user")[0],
        *route.remote_request_rules.of(ledger.caller).rules.at("user")[0],
    )
    if table is None or not rules or not (where := table.unread(call.body)):
        return
    for rule in rules:
        blocks = rule.mode == "enforce" and rule.action != "flag"
        ledger.findings.append(Found(rule.name, UNREAD, where, "block" if blocks else rule.written))
        if blocks:
            detail = f"blocked by rule '{rule.name}': tokens cannot be read here, send the text"
            raise Problem(Kind.BLOCKED, detail, where=where, source="gateway")
