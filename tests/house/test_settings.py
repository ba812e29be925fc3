"""Every setting has its place in the documentation."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec.inspect as look

from lockgate.app.settings import Config, SecretRef
from lockgate.app.settings.headers import HeaderSettings, SourceSettings
from lockgate.app.settings.limits import BudgetSettings, LimitSettings
from lockgate.core.access import Access
from lockgate.core.auth import AuthConfig
from lockgate.core.balance import BalanceConfig
from lockgate.core.cache import CacheStoreConfig
from lockgate.core.guard import GuardConfig
from lockgate.core.limit_store import LimitStoreConfig
from lockgate.core.sink import SinkConfig
from lockgate.core.tokens import TokenStoreConfig

PAGE = (Path(__file__).parents[2] / "docs" / "configuration.md").read_text()
ELSEWHERE = (
    AuthConfig,
    BalanceConfig,
    CacheStoreConfig,
    GuardConfig,
    LimitStoreConfig,
    SecretRef,
    SinkConfig,
    TokenStoreConfig,
)
"""Told on pages of their own."""
SHARED = (LimitSettings, BudgetSettings)
"""Told once, for all sections that have them."""


def settings(kind: Any, path: str = "") -> Iterator[str]:
    """The dotted paths of all settings, as the page writes them: NAME for a key of a mapping, N for a number."""
    if isinstance(kind, look.StructType):
        if issubclass(kind.cls, ELSEWHERE) or (issubclass(kind.cls, SHARED) and path.count(".") > 1):
            yield path
            return
        for field in kind.fields:
            at = _table(kind.cls, field.name) or path
            yield from settings(field.type, f"{at}.{field.encode_name}" if at else field.encode_name)
    elif isinstance(kind, look.DictType):
        yield from settings(kind.value_type, f"{path}.NAME")
    elif isinstance(kind, look.VarTupleType) and isinstance(_plain(kind.item_type), look.StructType | look.UnionType):
        yield from settings(kind.item_type, f"{path}.N")
    elif isinstance(kind, look.Metadata):
        yield from settings(kind.type, path)
    elif isinstance(kind, look.UnionType):
        for each in kind.types:
            if not isinstance(each, look.NoneType):
                yield from settings(each, path)
    else:
        yield path


def _table(kind: type[Any], field: str) -> str:
    """What is the same Struct in several places has one table for all of them."""
    if issubclass(kind, Access) and field in Access.__struct_fields__:
        return "POLICY"
    return {HeaderSettings: "HEADERS", SourceSettings: "SOURCE"}.get(kind, "")


def _plain(kind: Any) -> Any:
    return kind.type if isinstance(kind, look.Metadata) else kind


def test_a_setting_is_documented() -> None:
    paths = set(settings(look.type_info(Config)))

    assert len(paths) > 200
    assert {path for path in paths if f"`{path}`" not in PAGE} <= {"version", "data"}
