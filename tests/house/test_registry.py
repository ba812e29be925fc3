"""What can be plugged in is written down: a new extension shows as one line of a diff."""

from pathlib import Path

from lockgate.core.auth import AuthConfig
from lockgate.core.balance import BalanceConfig
from lockgate.core.cache import CacheStoreConfig
from lockgate.core.dialect import Dialect
from lockgate.core.guard import GuardConfig
from lockgate.core.limit_store import LimitStoreConfig
from lockgate.core.price_list import PriceList
from lockgate.core.provider import Provider
from lockgate.core.registry import configs, tables
from lockgate.core.secret_source import SecretSource
from lockgate.core.sink import SinkConfig
from lockgate.core.tokens import TokenStoreConfig

REGISTRY = Path(__file__).parent / "registry.txt"


def test_the_registry_is_as_written_down() -> None:
    found = [
        *(f"dialect {name}" for name in tables("lockgate.dialects", Dialect)),
        *(f"provider {name}" for name in tables("lockgate.providers", Provider)),
        *(f"auth {name}" for name in configs("lockgate.auth", AuthConfig)),
        *(f"balancer {name}" for name in configs("lockgate.balancers", BalanceConfig)),
        *(f"secret {name}" for name in tables("lockgate.secrets", SecretSource)),
        *(f"price list {name}" for name in tables("lockgate.prices", PriceList)),
        *(f"limit store {name}" for name in configs("lockgate.limits", LimitStoreConfig)),
        *(f"token store {name}" for name in configs("lockgate.token_stores", TokenStoreConfig)),
        *(f"answer store {name}" for name in configs("lockgate.caches", CacheStoreConfig)),
        *(f"guard {name}" for name in configs("lockgate.guards", GuardConfig)),
        *(f"sink {name}" for name in configs("lockgate.sinks", SinkConfig)),
    ]

    assert REGISTRY.read_text().splitlines() == sorted(found)


def test_a_plugin_is_called_like_its_folder() -> None:
    assert all(name == plugin.name for name, plugin in tables("lockgate.dialects", Dialect).items())
    assert all(name == plugin.name for name, plugin in tables("lockgate.providers", Provider).items())
    assert all(name == plugin.__struct_config__.tag for name, plugin in configs("lockgate.auth", AuthConfig).items())
    assert all(name == plugin.name for name, plugin in tables("lockgate.secrets", SecretSource).items())
    assert all(name == plugin.name for name, plugin in tables("lockgate.prices", PriceList).items())
    assert all(name == plugin.__struct_config__.tag for name, plugin in configs("lockgate.guards", GuardConfig).items())
    assert all(name == plugin.__struct_config__.tag for name, plugin in configs("lockgate.sinks", SinkConfig).items())
    caches = configs("lockgate.caches", CacheStoreConfig)
    assert all(name == plugin.__struct_config__.tag for name, plugin in caches.items())
    balancers = configs("lockgate.balancers", BalanceConfig)
    assert all(name == plugin.__struct_config__.tag for name, plugin in balancers.items())
    stores = configs("lockgate.limits", LimitStoreConfig)
    assert all(name == plugin.__struct_config__.tag for name, plugin in stores.items())
    kept = configs("lockgate.token_stores", TokenStoreConfig)
    assert all(name == plugin.__struct_config__.tag for name, plugin in kept.items())
