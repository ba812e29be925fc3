"""The quickest first: peak-sensitive means of the time to the first token (streams) or of the whole answer (else).

A mean jumps up with a slow answer and comes down slowly; it is multiplied with what runs there already, so that the
quickest is not buried. What was not heard of for a while counts for less and less, and so is tried again.
"""

from collections.abc import Sequence
from typing import ClassVar, Literal, final

from lockgate.core.balance import BalanceConfig
from lockgate.core.exchange import Balancer, Call, Upstream
from lockgate.core.view import Moment, State, View

FADES = 10.0
"""Seconds of silence after which a mean counts for half."""


class plugin(BalanceConfig, frozen=True, tag="fastest"):
    """No settings."""

    status: ClassVar[Literal["stable", "experimental"]] = "stable"

    def build(self) -> Balancer:
        return _Fastest()


@final
class _Fastest:
    def order(self, upstreams: Sequence[Upstream], call: Call, view: View, moment: Moment) -> Sequence[Upstream]:
        now, states = moment.now, [view.of(upstream) for upstream in upstreams]
        if call.ask.stream:
            scores = [_score(state, state.ttft_s, now) for state in states]
        else:
            scores = [_score(state, state.total_s, now) for state in states]
        return [upstreams[at] for at in sorted(range(len(scores)), key=scores.__getitem__)]


def _score(state: State, mean: float, now: float) -> float:
    """Nobody knows of one that was never heard: when idle it is tried first, and then waited for."""
    if mean <= 0.0:
        return float(state.busy)
    return mean * (state.busy + 1) * FADES / (FADES + max(0.0, now - state.heard))
