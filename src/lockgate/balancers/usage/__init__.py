"""By what providers say is left of their own rate limits, in their headers: whoever has more left gets more.

The first choice is drawn, with the part that is left as its chance: the freest upstream is not run down by everybody at
once before its next header comes. What is said is believed for a while and then forgotten.
"""

from collections.abc import Sequence
from typing import ClassVar, Literal, final

from lockgate.core.balance import BalanceConfig, first
from lockgate.core.exchange import Balancer, Call, Upstream
from lockgate.core.view import Moment, State, View

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
        left = [_left(view.of(upstream), moment.now) for upstream in upstreams]
        chances = [
            part * upstream.weight if part >= LEAST else 0.0 for part, upstream in zip(left, upstreams, strict=True)
        ]
        ranked = sorted(range(len(left)), key=left.__getitem__, reverse=True)
        drawn = moment.random() * sum(chances)
        for rank, at in enumerate(ranked):
            drawn -= chances[at]
            if drawn < 0:
                return first([upstreams[each] for each in ranked], rank)
        return [upstreams[each] for each in ranked]


def _left(state: State, now: float) -> float:
    return state.headroom if now - state.told < BELIEVED else 1.0
