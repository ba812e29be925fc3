"""How many tokens is this? Asked of an upstream that can count for the client's dialect, estimated otherwise."""

from collections.abc import Sequence

from lockgate.core.body import Body, parse
from lockgate.core.dialect import Dialect
from lockgate.core.exchange import Call, Upstream
from lockgate.core.http import Reply
from lockgate.core.problem import Kind, Problem
from lockgate.pipeline.refuse import JSON

CHARACTERS_PER_TOKEN = 3.5
"""A cautious average over English, code and JSON for the tokenizers in use; other scripts need more tokens."""

ESTIMATE = (b"x-lockgate-estimate", b"true")


def counting(call: Call, upstreams: Sequence[Upstream]) -> list[Upstream]:
    """Those that count in this dialect."""
    return [upstream for upstream in upstreams if _counts(upstream, call.dialect)]


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
