"""Smooth weighted turns: of as many requests as all weights add up to, each upstream gets its weight, well mixed.

The slots of a round are visited in steps that share no divisor with their number and are close to the golden section of
it: all are visited once a round, and those of one upstream lie far apart. Nothing is remembered but the route's count.
"""

from collections.abc import Sequence
from math import gcd
from typing import ClassVar, Literal, final

from lockgate.core.balance import BalanceConfig, first
from lockgate.core.exchange import Balancer, Call, Upstream
from lockgate.core.view import Moment, View

GOLDEN = 0.6180339887498949
ROUNDS = 1024
"""Numbers of slots whose step is remembered."""


class plugin(BalanceConfig, frozen=True, tag="weighted"):
    """No settings: the targets have a `weight`."""

    status: ClassVar[Literal["stable", "experimental"]] = "stable"

    def build(self) -> Balancer:
        return _Weighted()


@final
class _Weighted:
    def __init__(self) -> None:
        self._steps: dict[int, int] = {}

    def order(self, upstreams: Sequence[Upstream], call: Call, view: View, moment: Moment) -> Sequence[Upstream]:
        weights = [upstream.weight for upstream in upstreams]
        slots = sum(weights)
        if slots == 0:
            return upstreams
        slot = moment.turn * self._step(slots) % slots
        for at, weight in enumerate(weights):
            slot -= weight
            if slot < 0:
                return first(upstreams, at)
        return upstreams

    def _step(self, slots: int) -> int:
        step = self._steps.get(slots)
        if step is None:
            if len(self._steps) >= ROUNDS:
                self._steps.clear()
            self._steps[slots] = step = stride(slots)
        return step


def stride(slots: int) -> int:
    """The number nearest to the golden section of `slots` that shares no divisor with it."""
    aim = round(slots * GOLDEN)
    for away in range(slots):
        for step in (aim + away, aim - away):
            if 0 < step <= slots and gcd(step, slots) == 1:
                return step
    return 1
