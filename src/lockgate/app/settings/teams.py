"""`teams`: who belongs together, and what they may use."""

from lockgate.app.settings.limits import BudgetSettings, LimitSettings
from lockgate.app.settings.section import ModelName, Settings


class TeamSettings(Settings, frozen=True):
    """A group of keys and what it may use: nothing listed, nothing allowed; `*` is all."""

    models: tuple[ModelName, ...] = ()
    limits: tuple[LimitSettings, ...] = ()
    budgets: tuple[BudgetSettings, ...] = ()
