"""By what providers say is left of their own rate limits, in their headers: whoever has more left gets more.

The first choice is drawn, with the part that is left as its chance: the freest upstream is not run down by everybody at
once before its next header comes. What is said is believed for a while and then forgotten.
"""

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate
from operator import mul
from typing import ClassVar, Literal, final

from lockgate.core.balance import BalanceConfig, first
from lockgate.core.exchange import Balancer, Call, Upstream
from lockgate.core.view import Moment, View

BELIEVED = 60.0
"""Seconds. Most limits are of a minute."""
LEAST = 0.02
"""What has less left is only a fall-back."""


class plugin(BalanceConfig, frozen=True, tag="usage"):
    """No settings; a target's `weight` counts, too."""

    status: ClassVar[Literal["stable", "experimental"]] = "stable"
    headroom: ClassVar[bool] = True

    def build(self) -> Balancer:
        return _Usage()


@final
class _Usage:
    def order(self, upstreams: Sequence[Upstream], call: Call, view: View, moment: Moment) -> Sequence[Upstream]:
        states, since = view.states, moment.now - BELIEVED
        left = [of.headroom if (of := states[each.place]).told > since else 1.0 for each in upstreams]
        some = left if min(left) >= LEAST else [part if part >= LEAST else 0.0 for part in left]
        chances = [*map(mul, some, [each.weight for each in upstreams])]
        reached = [*accumulate(chances)]
        drawn = bisect_right(reached, moment.random() * reached[-1])
        if 0.0 not in chances:
            return first(upstreams, drawn if drawn < len(left) else drawn - 1)
        ranked = sorted(range(len(left)), key=left.__getitem__, reverse=True)
        if drawn == len(reached):
            return [upstreams[at] for at in ranked]
        return [upstreams[drawn], *[upstreams[at] for at in ranked if at != drawn]]
