"""Limits in Redis or Valkey, for many machines: each step is one script in one round trip."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from msgspec import Meta

from lockgate.core.limit import LimitStore
from lockgate.core.limit_store import LimitStoreConfig, Place
from lockgate.core.nonce import Nonces
from lockgate.core.notice import Board
from lockgate.core.repeat import RepeatRows
from lockgate.core.secret import Secret
from lockgate.core.secret_ref import SecretRef
from lockgate.redis_links.address import Url, check

if TYPE_CHECKING:
    from lockgate.redis_links.connections import Connections


class plugin(LimitStoreConfig, frozen=True, tag="redis"):
    """Settings of the store in Redis."""

    status: ClassVar[Literal["stable", "experimental"]] = "stable"
    remote: ClassVar[bool] = True

    url: Url
    username: Annotated[str, Meta(max_length=256)] | None = None
    password: SecretRef | None = None
    instances: Annotated[
        int,
        Meta(
            ge=1, le=1000, description="Gateways that share it: each one tells what it spent when it lost its memory."
        ),
    ] = 1

    def __post_init__(self) -> None:
        check(self.url)

    def gateways(self) -> int:
        return self.instances

    def build(self, place: Place) -> LimitStore:
        from lockgate.limits.redis.build import build  # noqa: PLC0415  22 MB that only those have who use it

        return build(self.url, self.username, self.instances, place, self._password(place))

    def nonces(self, place: Place) -> Nonces:
        from lockgate.limits.redis.nonces import RedisNonces  # noqa: PLC0415  as above

        return RedisNonces(self._connections(place))

    def repeats(self, place: Place, most: int) -> RepeatRows:
        from lockgate.limits.redis.repeats import RedisRepeats  # noqa: PLC0415  as above

        return RedisRepeats(self._connections(place), most)

    def board(self, place: Place) -> Board:
        from lockgate.limits.redis.notices import RedisNotices  # noqa: PLC0415  as above

        return RedisNotices(self._connections(place))

    def _connections(self, place: Place) -> "Connections":
        from lockgate.redis_links.connections import Connections  # noqa: PLC0415  as above
        from lockgate.redis_links.maker import maker  # noqa: PLC0415

        return Connections(maker(self.url, self.username, self._password(place)))

    def _password(self, place: Place) -> Callable[[], Secret] | None:
        """As it is when a connection is made: it may have changed since the start."""
        ref = self.password
        return None if ref is None else lambda: place.secrets[ref]
