"""What machines tell each other of upstreams: the board where notices hang until they are over, and what one of them means here."""

from collections.abc import Sequence
from math import inf
from typing import Protocol

from msgspec import Struct
from msgspec.structs import replace

from lockgate.core.breaker import Breaker, Rules

SLACK = 0.5
"""Seconds that two ends may differ and be the same: clocks are read at different moments."""
MOST_TIMES = 64


class Notice(Struct, frozen=True, gc=False):
    """Of one upstream, under the digest that it has on every machine. Seconds are from now on.

    out       it is left alone for so long yet, for the `ejections`-th time lately; 0: it is not
    cool      it said that it was asked too often: so long yet
    headroom  the part of its own limits that is left, as it said `age` seconds ago
    """

    digest: int
    out: float = 0.0
    ejections: int = 0
    cool: float = 0.0
    headroom: float = 1.0
    age: float = inf


class Board(Protocol):
    """Shared by machines that take each other's word."""

    async def exchange(self, mine: Sequence[Notice]) -> Sequence[Notice] | None:
        """Hangs these up, and says all that hang there; None when nobody hung up anything since the last time.

        Of one upstream the later ends and the newest headroom stay. `StoreError` when it cannot be used; then all are said
        the next time.
        """
        ...

    async def aclose(self) -> None: ...


def warned(breaker: Breaker, notice: Notice, rules: Rules, now: float, *, doing_well: bool) -> Breaker:
    """The breaker, for what another machine found; the same object when that is no news.

    What cools down does so for everybody. But who cannot reach an upstream may be cut off himself: where it does well, the
    word of another machine counts for all failures but the last.
    """
    cool = now + min(notice.cool, rules.cool_most)
    if notice.cool > 0 and cool > max(now, breaker.cool_until) + SLACK:
        breaker = replace(breaker, cool_until=cool)
    until = now + min(notice.out, rules.out_most)
    if notice.out <= 0 or until <= (breaker.out_until if breaker.tripped else now) + SLACK:
        return breaker
    if doing_well and not breaker.tripped:
        failures = max(breaker.failures, rules.failures - 1)
        return breaker if failures == breaker.failures else replace(breaker, failures=failures)
    times = max(breaker.ejections, min(notice.ejections, MOST_TIMES))
    return replace(breaker, failures=0, tripped=True, out_until=until, ejections=times)
