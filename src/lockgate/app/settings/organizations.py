"""`organizations` and `users`: what stands above teams, and who stands behind keys and tokens."""

from typing import Annotated

from msgspec import Meta

from lockgate.app.settings.headers import HeaderSettings
from lockgate.app.settings.limits import BudgetSettings, LimitSettings
from lockgate.app.settings.section import Name
from lockgate.core.access import Access

UserName = Annotated[
    str, Meta(min_length=1, max_length=254, pattern=r"^[!-~]+$", description="As a key or a token names the user.")
]


class OrganizationSettings(Access, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What holds for all teams of an organization. They can only narrow it."""

    headers: HeaderSettings | None = None
    limits: tuple[LimitSettings, ...] = ()
    budgets: tuple[BudgetSettings, ...] = ()


class UserSettings(Access, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A person or a service behind keys and tokens. `roles` is the most that any of them can have."""

    roles: Annotated[tuple[Name, ...], Meta(min_length=1)] | None = None
    limits: tuple[LimitSettings, ...] = ()
    budgets: tuple[BudgetSettings, ...] = ()
