"""How many tokens is this? Asked of an upstream that can count for the client's dialect, estimated otherwise."""

from dataclasses import replace

from lockgate.core.body import Body, parse
from lockgate.core.dialect import Dialect
from lockgate.core.exchange import Call, Route, Upstream
from lockgate.core.http import Reply
from lockgate.core.problem import Kind, Problem
from lockgate.pipeline.refuse import JSON

CHARACTERS_PER_TOKEN = 3.5
"""A cautious average over English, code and JSON for the tokenizers in use; other scripts need more tokens."""

ESTIMATE = (b"x-lockgate-estimate", b"true")


def counting(call: Call, route: Route) -> Route:
    """With those that count in this dialect. Asked before there is a plan, which may have one of the others tried by this request."""
    return replace(route, upstreams=tuple(each for each in route.upstreams if _counts(each, call.dialect)))


def estimate(call: Call, body: Body) -> Reply:
    """By the length of every text, marked as an estimate in `x-lockgate-estimate`."""
    if call.dialect.counted is None:
        raise Problem(Kind.NOT_FOUND, "this dialect has no token count")
    characters = sum(len(slot.text) for slot in call.dialect.texts(parse(body).tree))
    tokens = max(1, round(characters / CHARACTERS_PER_TOKEN))
    return Reply(200, (*JSON, ESTIMATE), call.dialect.counted(tokens))


def _counts(upstream: Upstream, dialect: Dialect) -> bool:
    service = upstream.provider.service(dialect)
    return service.dialect is dialect and bool(service.count_tokens)
