"""`models.NAME.cache`: which answers are kept and given again; `cache_store`: where."""

from functools import reduce
from operator import or_
from typing import Annotated, Any, Literal

from msgspec import Meta

from lockgate.app.settings.section import Settings
from lockgate.core import address
from lockgate.core.cache import CachePolicy, CacheStoreConfig
from lockgate.core.duration import Duration, seconds
from lockgate.core.http import Origin
from lockgate.core.registry import configs
from lockgate.core.secret_ref import SecretRef

_STORES = configs("lockgate.caches", CacheStoreConfig)
AnyCacheStore: Any = reduce(or_, _STORES.values())
"""The settings of any store there is, told apart by `kind`."""
DEFAULT_CACHE_STORE = _STORES["lmdb"]()


class EmbeddingsSettings(Settings, frozen=True):
    """A server that turns a text into a vector, asked as OpenAI's is: `POST URL/embeddings`."""

    advice = "say where and which: `embeddings: {url: http://127.0.0.1:11434/v1, model: nomic-embed-text}`"

    url: Annotated[str, Meta(max_length=2048, description="Where the API's paths begin.")]
    model: Annotated[str, Meta(pattern=r"^[!-~]{1,200}$", description="The embedding model.")]
    api_key: SecretRef | None = None
    allow_private: Annotated[bool, Meta(description="The name may resolve to a private address.")] = False
    deadline: Annotated[Duration, Meta(description="How long a request waits for a vector.")] = "300ms"

    @property
    def home(self) -> Origin:
        """The only place that its credential may go to."""
        return address.upstream(self.url, allow_private=self.allow_private)[0]


class SimilarSettings(Settings, frozen=True):
    """Questions that mean the same are answered from memory, too: they are not, unless this is here."""

    advice = "say what tells what a text means: `similar: {embeddings: {url: …, model: …}}`"

    embeddings: EmbeddingsSettings
    threshold: Annotated[float, Meta(ge=0.5, le=1, description="The least similarity, a cosine.")] = 0.95


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

    similar: SimilarSettings | None = None

    def build(self) -> CachePolicy:
        return CachePolicy(seconds(self.ttl), self.scope, self.tools, self.any_temperature, self.max_answer_bytes)
