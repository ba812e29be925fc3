"""`keys`: client keys that the operator brings."""

from typing import Annotated

from msgspec import Meta

from lockgate.app.settings.limits import BudgetSettings, LimitSettings
from lockgate.app.settings.organizations import UserName
from lockgate.app.settings.secret_ref import SecretRef
from lockgate.app.settings.section import Name
from lockgate.core.access import Access
from lockgate.core.store import MetadataName, MetadataValue


class KeySettings(Access, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A client key that the operator brings: at least 32 visible ASCII characters. Its own policy narrows its team's."""

    name: Name
    team: Name
    secret: SecretRef
    user: UserName | None = None
    roles: Annotated[tuple[Name, ...], Meta(min_length=1)] | None = None
    metadata: dict[MetadataName, MetadataValue] = {}
    limits: tuple[LimitSettings, ...] = ()
    budgets: tuple[BudgetSettings, ...] = ()
