"""How much answer a request wants, and the same request with a limit on it."""

from lockgate.core.body import Body, Headed
from lockgate.core.wanted import Wanted, number

_LIMITS = ("max_completion_tokens", "max_tokens")
_ANSWERS = ("n", "best_of")


def wanted(body: Headed) -> Wanted:
    """Which of the two limits counts is the upstream's to say: the larger one is reserved."""
    top, tokens, answers = body.top, None, 1
    for key in _LIMITS:
        if key in top and (limit := number(top[key], key)) is not None:
            tokens = limit if tokens is None else max(tokens, limit)
    for key in _ANSWERS:
        if key in top:
            answers = max(answers, number(top[key], key) or 1)
    return Wanted(tokens, answers)


def at_most(body: Body, tokens: int) -> Body:
    """The limit under the name that the client uses, or the newer one."""
    top = body.top if isinstance(body, Headed) else body.tree
    names = [key for key in _LIMITS if key in top] or ["max_completion_tokens"]
    for name in names:
        body = body.set(name, tokens)
    return body
