"""The parts of a file that are well, typed, while others may not be: so that every part is checked at once."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import msgspec

from lockgate.app.mistake import Path, Wrong
from lockgate.app.settings import (
    AlertSettings,
    AuditSettings,
    FlowSettings,
    KeySettings,
    ModelSettings,
    OrganizationSettings,
    OverloadSettings,
    ProviderSettings,
    RoleSettings,
    RuleSettings,
    SecretsSettings,
    ServerSettings,
    TeamSettings,
    TokenSettings,
    UserSettings,
)
from lockgate.app.settings.auth import AnyAuth
from lockgate.app.settings.cache import AnyCacheStore
from lockgate.app.settings.headers import HeaderSettings
from lockgate.app.settings.idempotency import IdempotencySettings
from lockgate.app.settings.limit_store import AnyLimitStore
from lockgate.app.settings.limits import BudgetSettings, LimitSettings
from lockgate.core.auth import AuthConfig
from lockgate.core.cache import CacheStoreConfig
from lockgate.core.limit_store import LimitStoreConfig

T = TypeVar("T")
_SECTIONS = ("providers", "models", "organizations", "teams", "users", "roles", "prices")


@dataclass(frozen=True, slots=True)
class Parts:
    """What could be read. `names` are those in the file, of broken parts too: a reference to one is no second mistake."""

    server: ServerSettings | None
    audit: AuditSettings | None
    data: str
    providers: Mapping[str, ProviderSettings]
    models: Mapping[str, ModelSettings]
    teams: Mapping[str, TeamSettings]
    keys: Mapping[int, KeySettings]
    rules: Mapping[int, RuleSettings]
    flows: Mapping[int, FlowSettings]
    organizations: Mapping[str, OrganizationSettings]
    users: Mapping[str, UserSettings]
    roles: Mapping[str, RoleSettings]
    auth: Mapping[int, AuthConfig]
    limits: Mapping[int, LimitSettings]
    budgets: Mapping[int, BudgetSettings]
    limit_store: LimitStoreConfig | None
    cache_store: CacheStoreConfig | None
    alerts: AlertSettings | None
    overload: OverloadSettings | None
    secrets: SecretsSettings | None
    headers: HeaderSettings | None
    tokens: TokenSettings | None
    idempotency: IdempotencySettings | None
    names: Mapping[str, frozenset[str]]


def parts(tree: Mapping[str, Any], wrong: Iterable[Wrong]) -> Parts:
    """Every part of the tree without a mistake inside of it."""
    broken = {each.path[:end] for each in wrong for end in range(1, len(each.path) + 1)}
    server = tree.get("server", {})
    data = tree.get("data", "./data")
    return Parts(
        None if ("server",) in broken else msgspec.convert(server, ServerSettings),
        None if ("audit",) in broken else msgspec.convert(tree.get("audit", {}), AuditSettings),
        "" if ("data",) in broken else data,
        dict(_named(tree, "providers", ProviderSettings, broken)),
        dict(_named(tree, "models", ModelSettings, broken)),
        dict(_named(tree, "teams", TeamSettings, broken)),
        dict(_numbered(tree, "keys", KeySettings, broken)),
        dict(_numbered(tree, "rules", RuleSettings, broken)),
        dict(_numbered(tree, "flows", FlowSettings, broken)),
        dict(_named(tree, "organizations", OrganizationSettings, broken)),
        dict(_named(tree, "users", UserSettings, broken)),
        dict(_named(tree, "roles", RoleSettings, broken)),
        dict(_numbered(tree, "auth", AnyAuth, broken)),
        dict(_numbered(tree, "limits", LimitSettings, broken)),
        dict(_numbered(tree, "budgets", BudgetSettings, broken)),
        _one(tree, "limit_store", AnyLimitStore, broken),
        _one(tree, "cache_store", AnyCacheStore, broken),
        _one(tree, "alerts", AlertSettings, broken),
        None if ("overload",) in broken else msgspec.convert(tree.get("overload", {}), OverloadSettings),
        None if ("secrets",) in broken else msgspec.convert(tree.get("secrets", {}), SecretsSettings),
        None if ("headers",) in broken else msgspec.convert(tree.get("headers"), HeaderSettings | None),
        None if ("tokens",) in broken else msgspec.convert(tree.get("tokens", {}), TokenSettings),
        _one(tree, "idempotency", IdempotencySettings | None, broken),
        {section: _names(tree.get(section)) for section in _SECTIONS},
    )


def _names(section: Any) -> frozenset[str]:
    return frozenset(section) if isinstance(section, dict) else frozenset()


def _named(tree: Mapping[str, Any], name: str, kind: type[T], broken: set[Path]) -> Iterator[tuple[str, T]]:
    section = tree.get(name)
    for key, value in section.items() if isinstance(section, dict) else ():
        if (name, key) not in broken:
            yield key, msgspec.convert(value, kind)


def _one(tree: Mapping[str, Any], name: str, kind: Any, broken: set[Path]) -> Any:
    return msgspec.convert(tree[name], kind) if name in tree and (name,) not in broken else None


def _numbered(tree: Mapping[str, Any], name: str, kind: type[T], broken: set[Path]) -> Iterator[tuple[int, T]]:
    section = tree.get(name)
    for number, value in enumerate(section if isinstance(section, list) else ()):
        if (name, number) not in broken:
            yield number, msgspec.convert(value, kind)
