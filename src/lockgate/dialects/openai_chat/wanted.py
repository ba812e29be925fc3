"""How much answer a request wants, and the same request with a limit on it."""

from lockgate.core.body import Body, Headed
from lockgate.core.wanted import Wanted, number

_LIMITS = ("max_completion_tokens", "max_tokens")
_ANSWERS = ("n", "best_of")


def wanted(body: Headed) -> Wanted:
    """Which of the two limits counts is the upstream's to say: the larger one is reserved."""
    top = body.top
    limits = [limit for key in _LIMITS if (limit := number(top.get(key), key)) is not None]
    answers = [most for key in _ANSWERS if (most := number(top.get(key), key)) is not None]
    return Wanted(max(limits, default=None), max((1, *answers)))


def at_most(body: Body, tokens: int) -> Body:
    """The limit under the name that the client uses, or the newer one."""
    top = body.top if isinstance(body, Headed) else body.tree
    names = [key for key in _LIMITS if key in top] or ["max_completion_tokens"]
    for name in names:
        body = body.set(name, tokens)
    return body
