"""How much answer a request wants, and the same request with a limit on it."""

from lockgate.core.body import Body, Headed
from lockgate.core.wanted import Wanted, number

_LIMIT = "max_tokens"


def wanted(body: Headed) -> Wanted:
    return Wanted(number(body.top.get(_LIMIT), _LIMIT), number(body.top.get("n"), "n") or 1)


def at_most(body: Body, tokens: int) -> Body:
    return body.set(_LIMIT, tokens)
