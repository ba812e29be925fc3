"""`roles`: roles of the operator's own, beside those that are built in."""

from typing import Any, Literal

from lockgate.core.permission import NAMES

PermissionName: Any = Literal[NAMES]
"""A permission as the file writes it."""

RoleSettings = tuple[PermissionName, ...]
