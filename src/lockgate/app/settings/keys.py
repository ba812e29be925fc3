"""`keys`: client keys that the operator brings."""

from lockgate.app.settings.limits import BudgetSettings, LimitSettings
from lockgate.app.settings.secret_ref import SecretRef
from lockgate.app.settings.section import Name, Settings


class KeySettings(Settings, frozen=True):
    """A client key that the operator brings: at least 32 visible ASCII characters."""

    name: Name
    team: Name
    secret: SecretRef
    limits: tuple[LimitSettings, ...] = ()
    budgets: tuple[BudgetSettings, ...] = ()
