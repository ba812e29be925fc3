"""`models.NAME.balance`: who of the targets is asked first."""

from functools import reduce
from operator import or_
from typing import Any

from lockgate.core.balance import BalanceConfig
from lockgate.core.registry import configs

_BALANCERS = configs("lockgate.balancers", BalanceConfig)
AnyBalance: Any = reduce(or_, _BALANCERS.values())
"""The settings of any balancer there is, told apart by `kind`."""
