"""The quickest first: peak-sensitive means of the time to the first token (streams) or of the whole answer (else).

A mean jumps up with a slow answer and comes down slowly; it is multiplied with what runs there already, so that the
quickest is not buried. What was not heard of for a while counts for less and less, and so is tried again.
"""

from collections.abc import Sequence
from typing import ClassVar, Literal, final

from lockgate.core.balance import BalanceConfig
from lockgate.core.exchange import Balancer, Call, Upstream
from lockgate.core.view import Moment, View

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
        states, since = view.states, moment.now + FADES
        if call.ask.stream:
            means = [(state.ttft_s, state) for each in upstreams if (state := states[each.place])]
        else:
            means = [(state.total_s, state) for each in upstreams if (state := states[each.place])]
        # Nobody knows of one that was never heard: when idle it is tried first, and then waited for.
        scores = [mean * (of.busy + 1) * FADES / (since - of.heard) if mean else of.busy for mean, of in means]
        return [upstreams[at] for at in sorted(range(len(scores)), key=scores.__getitem__)]
