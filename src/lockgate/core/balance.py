"""The settings of balancers, which build one."""

from collections.abc import Sequence
from typing import ClassVar, Literal

from msgspec import Struct

from lockgate.core.exchange import Balancer, Upstream


class BalanceConfig(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind"):
    """Base of every balancer's settings."""

    status: ClassVar[Literal["stable", "experimental"]]
    headroom: ClassVar[bool] = False
    """It wants to know what upstreams say is left of their own limits."""

    def build(self) -> Balancer:
        raise NotImplementedError


def first(upstreams: Sequence[Upstream], at: int) -> Sequence[Upstream]:
    """The same, with the one at this place in front."""
    return upstreams if at == 0 else (upstreams[at], *upstreams[:at], *upstreams[at + 1 :])


def ranked(upstreams: Sequence[Upstream], scores: Sequence[float]) -> list[Upstream]:
    """The lowest score first; those of equal scores stay as they are."""
    return [upstreams[at] for at in sorted(range(len(scores)), key=scores.__getitem__)]
