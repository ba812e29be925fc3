"""`models.NAME.cache`: which answers are kept and given again; `cache_store`: where."""

from functools import reduce
from operator import or_
from typing import Annotated, Any, Literal

from msgspec import Meta

from lockgate.app.settings.section import Settings
from lockgate.core.cache import CachePolicy, CacheStoreConfig
from lockgate.core.duration import Duration, seconds
from lockgate.core.registry import configs

_STORES = configs("lockgate.caches", CacheStoreConfig)
AnyCacheStore: Any = reduce(or_, _STORES.values())
"""The settings of any store there is, told apart by `kind`."""
DEFAULT_CACHE_STORE = _STORES["lmdb"]()


class CacheSettings(Settings, frozen=True):
    """Answers of this model that are kept: nothing is, unless this is here."""

    advice = "say at least how long: `cache: {ttl: 1h}`"

    ttl: Annotated[Duration, Meta(description="How long an answer is given again.")]
    scope: Annotated[
        Literal["key", "team"], Meta(description="Who shares answers: nobody but the key itself, or its team.")
    ] = "key"
    tools: Annotated[bool, Meta(description="Keep answers to requests that offer tools, too.")] = False
    any_temperature: Annotated[bool, Meta(description="Keep answers of requests with a temperature above 0, too.")] = (
        False
    )
    max_answer_bytes: Annotated[int, Meta(ge=1024, le=8 << 20, description="Longer answers are not kept.")] = 256 * 1024

    def build(self) -> CachePolicy:
        return CachePolicy(seconds(self.ttl), self.scope, self.tools, self.any_temperature, self.max_answer_bytes)
