"""A second attempt beside one that is late: the first answer is used, the other attempt is cancelled, and both are paid for.

It costs as much as a repetition in the budget of attempts, and is made only where the caller's limits have room for the worst
case of both. The one that is not used stands in the record as `cancelled`, and is estimated and charged like every attempt that nobody heard.
"""

import asyncio
from collections.abc import Collection, Sequence
from time import perf_counter

from lockgate.core.exchange import Upstream
from lockgate.core.retry import Hedge
from lockgate.pipeline.attempt import Asking, Failed, Sent, attempt
from lockgate.pipeline.effort import Effort
from lockgate.pipeline.further import covered
from lockgate.pipeline.pace import Paces
from lockgate.pipeline.retry_budget import target

Attempting = asyncio.Future[Sent | Failed]


def delay(hedge: Hedge, upstream: Upstream, paces: Paces) -> float | None:
    """Seconds after which an attempt is late; None while nobody knows."""
    late = paces.late(target(upstream), hedge.percentile)
    return None if late is None else max(late, hedge.least)


async def raced(
    asking: Asking, first: Upstream, second: Upstream, seconds: float, effort: Effort
) -> list[Sent | Failed]:
    """What came of the attempts that were heard, an answer last. All but the last are closed."""
    ledger, paces = asking.ledger, effort.paces
    waited, started = ledger.waited, perf_counter()
    runs: dict[Attempting, Upstream] = {asyncio.ensure_future(attempt(asking, first)): first}
    heard: list[Sent | Failed] = []
    try:
        await asyncio.wait(runs, timeout=seconds)
        if not any(run.done() for run in runs) and await _joined(asking, first, second, effort, runs):
            runs[asyncio.ensure_future(attempt(asking, second))] = second
        while (ended := await _ended(runs)) is not None:
            upstream = runs.pop(ended)
            heard.append(ended.result())
            await _dropped(heard[:-1])
            if isinstance(heard[-1], Sent):
                await _given_up(runs)
                for each in runs.values():
                    paces.note(target(each), perf_counter() - started)
                ledger.used(upstream)
                break
        return heard
    except BaseException:  # the client has left, and nobody will close what was heard
        await _dropped(heard)
        raise
    finally:
        await _given_up(runs)
        ledger.waited = waited + perf_counter() - started


async def _joined(
    asking: Asking, first: Upstream, second: Upstream, effort: Effort, runs: Collection[Attempting]
) -> bool:
    """Whether there is a second attempt: there may be one, it can be paid for, and the first is not over meanwhile."""
    model = asking.ledger.model
    if not effort.budget.again(model):
        return False
    if await covered(asking.ledger, asking.books, second, (first,)) and not any(run.done() for run in runs):
        return True
    effort.budget.back(model)
    return False


async def _ended(runs: dict[Attempting, Upstream]) -> Attempting | None:
    """The next one that ended; an answer before a failure."""
    if not runs:
        return None
    done, _ = await asyncio.wait(runs, return_when=asyncio.FIRST_COMPLETED)
    return min(done, key=lambda run: isinstance(run.result(), Failed))


async def _given_up(runs: dict[Attempting, Upstream]) -> None:
    for run in runs:
        run.cancel()
    for done in await asyncio.gather(*runs, return_exceptions=True):
        if isinstance(done, Sent | Failed):
            await done.dropped()


async def _dropped(failures: Sequence[Sent | Failed]) -> None:
    for each in failures:
        await each.dropped()
