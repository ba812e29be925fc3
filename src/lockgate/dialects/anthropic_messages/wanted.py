"""How much answer a request wants, and the same request with a limit on it."""

from lockgate.core.body import Body, Headed
from lockgate.core.wanted import Wanted, number


def wanted(body: Headed) -> Wanted:
    return Wanted(number(body.top.get("max_tokens"), "max_tokens"))


def at_most(body: Body, tokens: int) -> Body:
    return body.set("max_tokens", tokens)
