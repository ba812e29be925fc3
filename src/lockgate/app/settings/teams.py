"""`teams`: who belongs together, and what they may use."""

from lockgate.app.settings.headers import HeaderSettings
from lockgate.app.settings.limits import BudgetSettings, LimitSettings
from lockgate.app.settings.section import Name
from lockgate.core.access import Access


class TeamSettings(Access, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A group of keys and what it may use: nothing listed, nothing allowed; `*` is all.

    A team with a `parent` stands in the parent's organization and can only narrow what the parent may.
    """

    organization: Name | None = None
    parent: Name | None = None
    headers: HeaderSettings | None = None
    limits: tuple[LimitSettings, ...] = ()
    budgets: tuple[BudgetSettings, ...] = ()
