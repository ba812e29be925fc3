"""Tokens in Redis or Valkey, for many machines."""

from typing import Annotated, ClassVar, Literal

from msgspec import Meta

from lockgate.core.secret_ref import SecretRef
from lockgate.core.tokens import TokenPlace, TokenStore, TokenStoreConfig
from lockgate.redis_links.address import Url, check


class plugin(TokenStoreConfig, frozen=True, tag="redis"):
    """Settings of the store in Redis."""

    status: ClassVar[Literal["stable", "experimental"]] = "stable"
    remote: ClassVar[bool] = True

    url: Url
    username: Annotated[str, Meta(max_length=256)] | None = None
    password: SecretRef | None = None

    def __post_init__(self) -> None:
        check(self.url)

    def build(self, place: TokenPlace) -> TokenStore:
        from lockgate.redis_links.connections import Connections  # noqa: PLC0415  22 MB that only those have who use it
        from lockgate.redis_links.maker import maker  # noqa: PLC0415
        from lockgate.token_stores.redis.store import RedisTokens  # noqa: PLC0415

        ref = self.password
        password = None if ref is None else lambda: place.secrets[ref]
        return RedisTokens(Connections(maker(self.url, self.username, password)))
