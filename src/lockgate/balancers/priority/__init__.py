"""In the order of the file: the first that is well gets everything. What happens when nothing else is said."""

from collections.abc import Sequence
from typing import ClassVar, Literal, final

from lockgate.core.balance import BalanceConfig
from lockgate.core.exchange import Balancer, Call, Upstream
from lockgate.core.view import Moment, View


class plugin(BalanceConfig, frozen=True, tag="priority"):
    """No settings: the targets' own `priority` makes groups for every balancer."""

    status: ClassVar[Literal["stable", "experimental"]] = "stable"

    def build(self) -> Balancer:
        return _Priority()


@final
class _Priority:
    def order(self, upstreams: Sequence[Upstream], call: Call, view: View, moment: Moment) -> Sequence[Upstream]:
        return upstreams
