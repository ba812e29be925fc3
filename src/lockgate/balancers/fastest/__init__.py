"""The quickest first: peak-sensitive means of the time to the first token (streams) or of the whole answer (else).

A mean jumps up with a slow answer and comes down slowly; it is multiplied with what runs there already, so that the
quickest is not buried. What was not heard of for a while counts for less and less, and so is tried again.
"""

from collections.abc import Sequence
from typing import ClassVar, Literal, final

from lockgate.core.balance import BalanceConfig, ranked
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
        seen = [states[each.place] for each in upstreams]
        # Nobody knows of one that was never heard: when idle it is tried first, and then waited for.
        if call.ask.stream:
            scores = [of.ttft_s * (of.busy + 1) / (since - of.heard) if of.ttft_s else of.busy / FADES for of in seen]
        else:
            scores = [of.total_s * (of.busy + 1) / (since - of.heard) if of.total_s else of.busy / FADES for of in seen]
        return ranked(upstreams, scores)
