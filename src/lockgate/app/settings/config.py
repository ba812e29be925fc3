"""The whole file, and its schema."""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from lockgate.app.settings.alerts import AlertSettings
from lockgate.app.settings.audit import AuditSettings
from lockgate.app.settings.auth import DEFAULT, AnyAuth
from lockgate.app.settings.cache import DEFAULT_CACHE_STORE, AnyCacheStore
from lockgate.app.settings.flows import FlowSettings
from lockgate.app.settings.headers import HeaderSettings
from lockgate.app.settings.idempotency import IdempotencySettings
from lockgate.app.settings.keys import KeySettings
from lockgate.app.settings.limit_store import DEFAULT_LIMIT_STORE, AnyLimitStore
from lockgate.app.settings.limits import BudgetSettings, LimitSettings
from lockgate.app.settings.models import ModelSettings
from lockgate.app.settings.organizations import OrganizationSettings, UserName, UserSettings
from lockgate.app.settings.overload import OverloadSettings
from lockgate.app.settings.prices import PriceName, PriceSettings
from lockgate.app.settings.providers import ProviderSettings
from lockgate.app.settings.roles import RoleSettings
from lockgate.app.settings.rules import RuleSettings
from lockgate.app.settings.secrets import SecretsSettings
from lockgate.app.settings.section import ModelName, Name, Settings
from lockgate.app.settings.server import ServerSettings
from lockgate.app.settings.teams import TeamSettings
from lockgate.app.settings.tokens import TokenSettings


class Config(Settings, frozen=True):
    """The whole file."""

    version: Literal[1]
    server: ServerSettings = ServerSettings()
    data: Annotated[str, Meta(min_length=1, description="The data folder, beside this file when it is relative.")] = (
        "./data"
    )
    providers: dict[Name, ProviderSettings] = {}
    models: dict[ModelName, ModelSettings] = {}
    organizations: dict[Name, OrganizationSettings] = {}
    teams: dict[Name, TeamSettings] = {}
    users: dict[UserName, UserSettings] = {}
    roles: dict[Name, RoleSettings] = {}
    keys: tuple[KeySettings, ...] = ()
    headers: HeaderSettings | None = None
    rules: tuple[RuleSettings, ...] = ()
    flows: tuple[FlowSettings, ...] = ()
    tokens: TokenSettings = TokenSettings()
    limits: tuple[LimitSettings, ...] = ()
    budgets: tuple[BudgetSettings, ...] = ()
    limit_store: AnyLimitStore = DEFAULT_LIMIT_STORE
    idempotency: IdempotencySettings | None = None
    cache_store: AnyCacheStore = DEFAULT_CACHE_STORE
    audit: AuditSettings = AuditSettings()
    auth: Annotated[tuple[AnyAuth, ...], Meta(min_length=1, max_length=16)] = DEFAULT
    secrets: SecretsSettings = SecretsSettings()
    alerts: AlertSettings = AlertSettings()
    overload: OverloadSettings = OverloadSettings()
    prices: dict[PriceName, PriceSettings] = {}


def schema() -> dict[str, Any]:
    """The file's JSON Schema, guards that are installed included."""
    return {"title": "Lockgate configuration", **msgspec.json.schema(Config)}
