"""`rules`: a guard finds, the rule decides."""

from functools import reduce
from operator import or_
from typing import Annotated, Any, Literal

from msgspec import Meta

from lockgate.app.settings.section import Name, Settings
from lockgate.core.guard import Direction, GuardConfig
from lockgate.core.registry import configs

_GUARDS = tuple(configs("lockgate.guards", GuardConfig).values())
AnyGuard: Any = reduce(or_, _GUARDS) if _GUARDS else GuardConfig
"""The settings of any guard there is, told apart by `kind`."""


class RuleSettings(Settings, frozen=True):
    """A guard finds, the rule decides. Rules apply in the order of the file."""

    name: Name
    guard: AnyGuard
    action: Literal["flag", "mask", "block"]
    on: Annotated[tuple[Direction, ...], Meta(min_length=1)] = ("request",)
