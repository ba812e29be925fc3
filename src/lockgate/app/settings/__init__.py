"""The configuration as Structs: its schema, its reference page and its types in one. A file for each section."""

from lockgate.app.settings.alerts import AlertSettings
from lockgate.app.settings.audit import AuditSettings
from lockgate.app.settings.cache import CacheSettings
from lockgate.app.settings.config import Config, schema
from lockgate.app.settings.flows import FlowSettings, SpotlightSettings
from lockgate.app.settings.keys import KeySettings
from lockgate.app.settings.models import ModelSettings, TargetSettings
from lockgate.app.settings.organizations import OrganizationSettings, UserSettings
from lockgate.app.settings.overload import OverloadSettings
from lockgate.app.settings.prices import PriceSettings
from lockgate.app.settings.providers import ProviderSettings, TimeoutSettings
from lockgate.app.settings.roles import RoleSettings
from lockgate.app.settings.rules import RuleSettings, ScopeSettings
from lockgate.app.settings.secret_ref import SecretRef
from lockgate.app.settings.secrets import SecretsSettings
from lockgate.app.settings.server import ServerSettings
from lockgate.app.settings.teams import TeamSettings
from lockgate.app.settings.tls import ListenerTls, TlsSettings
from lockgate.app.settings.tokens import TokenSettings

__all__ = [
    "AlertSettings",
    "AuditSettings",
    "CacheSettings",
    "Config",
    "FlowSettings",
    "KeySettings",
    "ListenerTls",
    "ModelSettings",
    "OrganizationSettings",
    "OverloadSettings",
    "PriceSettings",
    "ProviderSettings",
    "RoleSettings",
    "RuleSettings",
    "ScopeSettings",
    "SecretRef",
    "SecretsSettings",
    "ServerSettings",
    "SpotlightSettings",
    "TargetSettings",
    "TeamSettings",
    "TimeoutSettings",
    "TlsSettings",
    "TokenSettings",
    "UserSettings",
    "schema",
]
