"""A limit is reached: what the client is told, and when to come back."""

from collections.abc import Sequence

from lockgate.core.allowance import Limit
from lockgate.core.limit import Claim, Standing
from lockgate.core.money import ATTO_PER_NANO, usd
from lockgate.core.problem import Kind, Problem

SOON = 1.0
"""Seconds until it is worth asking again when only requests under way are in the way."""

Refused = tuple[Limit, Claim, Standing]


def problem(refused: Sequence[Refused]) -> Problem:
    """The one that lasts longest. A budget that is used up comes before everything: there is no point in asking again.

    Nor is there with a request that is larger than the limit. Who does so all the same is asked to wait for a window.
    """
    for limit, claim, standing in refused:
        if limit.kind == "cost" and too_little(claim, standing):
            return Problem(
                Kind.QUOTA, f"{_rule(limit)} {_left(claim, standing)}, and this request needs {_most(claim)}"
            )
    limit, claim, standing = max(refused, key=_seconds)
    if claim.amount > claim.shape.capacity:
        needs = f"{_rule(limit)} is less than this request may use ({claim.amount}); ask for fewer tokens"
        never = Problem(Kind.LIMITED, needs, retry_after=claim.shape.per / 1e6 or SOON)
        never.final = True
        return never
    return Problem(Kind.LIMITED, f"{_rule(limit)} is reached", retry_after=_seconds((limit, claim, standing)))


def too_little(claim: Claim, standing: Standing) -> bool:
    """What is left does not do; else only requests under way are in the way, and may leave enough."""
    return standing.used + claim.amount > claim.shape.capacity


def _seconds(refused: Refused) -> float:
    _, claim, standing = refused
    if claim.amount > claim.shape.capacity:
        return float("inf")
    return standing.wait / 1e6 if standing.wait > 0 else SOON


def _rule(limit: Limit) -> str:
    if limit.kind == "cost":
        return f"the budget of {limit.whose} ({usd(limit.shape.max * ATTO_PER_NANO)} USD per {limit.per})"
    per = f" per {limit.per}" if limit.per else ""
    kind = "requests at a time" if limit.kind == "concurrency" else limit.kind.replace("_", " ")
    return f"the limit of {limit.whose} ({limit.shape.max} {kind}{per})"


def _left(claim: Claim, standing: Standing) -> str:
    left = claim.shape.max - standing.used
    return f"has {usd(left * ATTO_PER_NANO)} USD left" if left > 0 else "is used up"


def _most(claim: Claim) -> str:
    return f"up to {usd(claim.amount * ATTO_PER_NANO)} USD"
