"""Ask the upstreams, in order, until one answers; then once more those that may be asked again, as far as the budget goes.

No other attempt is made once a byte of an answer was used. What follows a failure is said in `again`, how often
in `retry_budget`, and what it may cost in `further`.
"""

from collections import Counter
from collections.abc import Sequence
from math import inf
from time import perf_counter

from lockgate.core.exchange import Call, Upstream
from lockgate.core.http import header
from lockgate.core.problem import Kind, Problem
from lockgate.core.retry import RETRY
from lockgate.pipeline.again import acts, comes_again, goes_on, pause
from lockgate.pipeline.attempt import Asking, Failed, Sent, attempt
from lockgate.pipeline.deadline import hasty, left
from lockgate.pipeline.effort import Effort
from lockgate.pipeline.further import covered
from lockgate.pipeline.hedge import delay, raced
from lockgate.pipeline.ledger import Ledger
from lockgate.pipeline.retry_budget import target

KEY = b"idempotency-key"


async def send(asking: Asking, upstreams: Sequence[Upstream], effort: Effort) -> Sent:
    ledger = asking.ledger
    if not upstreams:
        raise Problem(Kind.INTERNAL, "no upstream was asked", source="gateway")
    effort.budget.asked(ledger.model)
    done = await (
        _each_once(asking, upstreams, effort) if asking.hedge is not None else _once(asking, upstreams, effort)
    )
    sent = done if isinstance(done, Sent) else await _again(asking, done, effort)
    ledger.lose(sent.asked.lost)
    ledger.tried = sent.tried
    return sent


async def _once(asking: Asking, upstreams: Sequence[Upstream], effort: Effort) -> Sent | list[Failed]:
    """As `_each_once`, without anything beside the first attempt, which is the only one of nearly every request."""
    done = await attempt(asking, upstreams[0])
    _noted(asking, done, effort)
    return done if isinstance(done, Sent) else await _each_once(asking, upstreams, effort, done)


async def _each_once(
    asking: Asking, upstreams: Sequence[Upstream], effort: Effort, *failed: Failed
) -> Sent | list[Failed]:
    """The first answer, or how each of them failed; the last failure is still open. `failed`: those that did already."""
    failures: list[Failed] = [*failed]
    at = len(failures)
    while at < len(upstreams):
        if failures and not await _next(asking, failures[-1], upstreams[at], effort):
            break
        made = await _made(asking, upstreams[at : at + 2] if at == 0 else upstreams[at : at + 1], effort)
        if isinstance(made[-1], Sent):
            if failures:
                effort.budget.back(asking.ledger.model)
            return made[-1]
        failures += [each for each in made if isinstance(each, Failed)]
        at += len(made)
    return failures


async def _next(asking: Asking, failed: Failed, upstream: Upstream, effort: Effort) -> bool:
    """Whether it is this one's turn, after that failure. What is left of the failure is closed then."""
    if left(asking.ledger) <= 0 or not goes_on(failed, asking.retry, acts=acts(asking.call)):
        return False
    if not effort.budget.elsewhere(asking.ledger.model, target(upstream)):
        return False
    if not await covered(asking.ledger, asking.books, upstream):
        effort.budget.back(asking.ledger.model)
        return False
    await failed.dropped()
    return True


async def _again(asking: Asking, failures: list[Failed], effort: Effort) -> Sent:
    """Those that may be asked once more, the one first that has to be waited for the least."""
    last, ledger, retry, call = failures[-1], asking.ledger, asking.retry, asking.call
    tries = Counter(id(failed.upstream) for failed in failures)  # two, where one was hedged by another one there
    while True:
        waits = [
            (pause(failed, number, effort.random()), at)
            for at, failed in enumerate(failures)
            if (number := tries[id(failed.upstream)]) < retry.attempts
            and comes_again(failed, retry, keyed=_keyed(call, failed), acts=acts(call))
        ]
        seconds, at = min(waits, default=(inf, 0))
        if seconds > retry.longest or seconds >= left(ledger) or not effort.budget.again(ledger.model):
            return last.last()
        if not await covered(ledger, asking.books, failures[at].upstream):
            effort.budget.back(ledger.model)
            return last.last()
        await last.dropped()
        await _wait(seconds, ledger, effort)
        done = await attempt(asking, failures[at].upstream)
        _noted(asking, done, effort)
        if isinstance(done, Sent):
            return done
        tries[id(done.upstream)] += 1
        failures[at] = last = done


async def _made(asking: Asking, upstreams: Sequence[Upstream], effort: Effort) -> list[Sent | Failed]:
    """An attempt at the first of them, and perhaps another one beside it. What became of them, an answer last."""
    if asking.hedge is None:
        done = await attempt(asking, upstreams[0])
        _noted(asking, done, effort)
        return [done]
    upstream, spare = upstreams[0], upstreams[-1]
    seconds = None
    if not acts(asking.call) and not (spare is upstream and header(asking.call.headers, KEY)):
        seconds = delay(asking.hedge, upstream, effort.paces)
    if seconds is None:
        made = [await attempt(asking, upstream)]
    else:
        made = await raced(asking, upstream, spare, seconds, effort)
    for done in made:
        _noted(asking, done, effort)
    return made


def _noted(asking: Asking, done: Sent | Failed, effort: Effort) -> None:
    if isinstance(done, Sent):
        if effort.budget.failing:
            effort.budget.ended(asking.ledger.model, target(done.upstream), well=True)
        if asking.hedge is not None and done.tried.ttft_s is not None:
            effort.paces.note(target(done.upstream), done.tried.ttft_s)
    elif done.made and not hasty(done.problem, asking.ledger):
        well = not goes_on(done, RETRY, acts=False)
        effort.budget.ended(asking.ledger.model, target(done.upstream), well=well)


async def _wait(seconds: float, ledger: Ledger, effort: Effort) -> None:
    started = perf_counter()
    try:
        await effort.sleep(seconds)
    finally:
        ledger.waited += perf_counter() - started


def _keyed(call: Call, failed: Failed) -> bool:
    """The upstream gets the client's key, and may know by it that it has seen the request before."""
    same = failed.upstream.provider.service(call.dialect).dialect is call.dialect
    return same and KEY in call.dialect.passing.request and header(call.headers, KEY) is not None
