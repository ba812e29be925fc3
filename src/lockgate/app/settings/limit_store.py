"""`limit_store`: where limits and budgets are counted."""

from functools import reduce
from operator import or_
from typing import Any

from lockgate.core.limit_store import LimitStoreConfig
from lockgate.core.registry import configs

_STORES = configs("lockgate.limits", LimitStoreConfig)
AnyLimitStore: Any = reduce(or_, _STORES.values())
"""The settings of any store there is, told apart by `kind`."""
DEFAULT_LIMIT_STORE = _STORES["lmdb"]()
