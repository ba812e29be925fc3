"""How much answer a request wants, and the same request with a limit on it."""

from lockgate.core.body import Body, Headed
from lockgate.core.wanted import Wanted, number

_NEW, _OLD = "max_completion_tokens", "max_tokens"


def wanted(body: Headed) -> Wanted:
    """Which of the two limits counts is the upstream's to say: the larger one is reserved."""
    top, answers = body.top, 1
    tokens = number(top[_NEW], _NEW) if _NEW in top else None
    if _OLD in top and (limit := number(top[_OLD], _OLD)) is not None:
        tokens = limit if tokens is None else max(tokens, limit)
    if "n" in top or "best_of" in top:
        answers = max(1, *(number(top.get(key), key) or 1 for key in ("n", "best_of")))
    return Wanted(tokens, answers)


def at_most(body: Body, tokens: int) -> Body:
    """The limit under the name that the client uses, or the newer one."""
    top = body.top if isinstance(body, Headed) else body.tree
    names = [key for key in (_NEW, _OLD) if key in top] or [_NEW]
    for name in names:
        body = body.set(name, tokens)
    return body
