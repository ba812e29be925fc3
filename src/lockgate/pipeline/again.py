"""After a failed attempt: may there be another one, at the same upstream or at the next, and after how long? Pure."""

from msgspec import Raw

from lockgate.core.exchange import Call
from lockgate.core.problem import Kind, Problem
from lockgate.core.retry import Fault, Retry
from lockgate.pipeline.attempt import Failed
from lockgate.pipeline.spent import TOO_LATE

FIRST, MOST = 0.5, 8.0
"""Seconds: the bounds of what is waited at most before the second attempt, and before any."""
HONOURED = 60.0
"""An upstream that asks for more is asked again after this."""
NEVER_REPEATED = frozenset((401,))
"""The same credential is refused again."""
NOTHING = Raw(b"null")
EMPTY = (NOTHING, Raw(b"[]"))

_FAULTS: dict[Kind, Fault] = {
    Kind.UNREACHABLE: "connect",
    Kind.UPSTREAM_RESET: "reset",
    Kind.UPSTREAM_TLS: "connect",
    Kind.UPSTREAM_TIMEOUT: "timeout",
    Kind.BAD_UPSTREAM: "bad_answer",
}


def acts(call: Call) -> bool:
    """The request makes a provider do more than answer."""
    if any(call.body.top.get(name, NOTHING) not in EMPTY for name in call.dialect.acting):
        return True
    return call.dialect.holds is not None and call.dialect.holds.acts(call.body)


def goes_on(failed: Failed, retry: Retry, *, acts: bool) -> bool:
    """Whether the next upstream is asked. `acts`: the request makes a provider do more than answer.

    Such a request goes nowhere else once it may have been acted on: a break in the answer, or silence.
    """
    if failed.refusal:
        return failed.refusal in retry.refusals
    problem = failed.problem
    if problem is None:
        return failed.status in retry.statuses and not (acts and failed.status in TOO_LATE)
    if problem.source != "upstream":
        return False
    if acts and problem.written:
        return False
    if problem.kind is Kind.UPSTREAM_ERROR or problem.kind is Kind.OVERLOADED:  # 200, and then an error
        return problem.status in retry.statuses or "bad_answer" in retry.faults
    return fault(problem) in retry.faults


def comes_again(failed: Failed, retry: Retry, *, keyed: bool, acts: bool) -> bool:
    """Whether the same upstream may be asked once more. `keyed`: it has a key by which it knows the request again."""
    if failed.refusal:
        return False
    problem = failed.problem
    if problem is None:
        unknown = acts and not keyed and failed.status in TOO_LATE
        return failed.status in retry.statuses - NEVER_REPEATED and not unknown
    if problem.source != "upstream" or problem.kind in (Kind.UPSTREAM_TLS, Kind.BAD_UPSTREAM):
        return False
    if problem.kind is Kind.UPSTREAM_ERROR or problem.kind is Kind.OVERLOADED:
        return problem.status in retry.statuses - NEVER_REPEATED and not (acts and problem.written and not keyed)
    return fault(problem) in retry.faults and (keyed or not problem.written)


def fault(problem: Problem) -> Fault | None:
    found = _FAULTS.get(problem.kind)
    return "reset" if found == "connect" and problem.written else found


def pause(failed: Failed, number: int, chance: float) -> float:
    """Seconds until the same upstream is asked again, the `number`th time beyond the first: as it says, or full jitter."""
    if failed.retry_after is not None:
        return min(failed.retry_after, HONOURED)
    return chance * min(MOST, FIRST * 2.0 ** (number - 1))
