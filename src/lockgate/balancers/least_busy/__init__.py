"""The less busy of two that chance picked: as good as looking at all, and workers that know only their own do not herd."""

from collections.abc import Sequence
from typing import ClassVar, Literal, final

from lockgate.core.balance import BalanceConfig, first
from lockgate.core.exchange import Balancer, Call, Upstream
from lockgate.core.view import Moment, View


class plugin(BalanceConfig, frozen=True, tag="least_busy"):
    """No settings: a target with twice the `weight` may have twice as many requests at once."""

    status: ClassVar[Literal["stable", "experimental"]] = "stable"

    def build(self) -> Balancer:
        return _LeastBusy()


@final
class _LeastBusy:
    def order(self, upstreams: Sequence[Upstream], call: Call, view: View, moment: Moment) -> Sequence[Upstream]:
        among = len(upstreams)
        if among < 2:
            return upstreams
        one = int(moment.random() * among)
        other = int(moment.random() * (among - 1))
        other += other >= one
        return first(upstreams, one if _load(upstreams[one], view) <= _load(upstreams[other], view) else other)


def _load(upstream: Upstream, view: View) -> float:
    """One more than what runs: of two that are idle, the weightier one is the freer."""
    return (view.of(upstream).busy + 1) / upstream.weight if upstream.weight else float("inf")
