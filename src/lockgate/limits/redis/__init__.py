"""Limits in Redis or Valkey, for many machines: each step is one script in one round trip."""

import re
from typing import Annotated, ClassVar, Literal
from urllib.parse import urlsplit

from msgspec import Meta

from lockgate.core.limit import LimitStore, LimitStoreConfig, Place
from lockgate.core.secret_ref import SecretRef


class plugin(LimitStoreConfig, frozen=True, tag="redis"):
    """Settings of the store in Redis."""

    status: ClassVar[Literal["stable", "experimental"]] = "stable"
    remote: ClassVar[bool] = True

    url: Annotated[
        str,
        Meta(
            pattern=r"^(redis|rediss|unix)://[^@?#\s]+$",
            max_length=1024,
            description="redis://HOST:PORT/DB, rediss:// with TLS, or unix:///PATH; name and password stand beside it.",
        ),
    ]
    username: Annotated[str, Meta(max_length=256)] | None = None
    password: SecretRef | None = None
    instances: Annotated[
        int,
        Meta(
            ge=1, le=1000, description="Gateways that share it: each one tells what it spent when it lost its memory."
        ),
    ] = 1

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        if parts.scheme == "unix":
            return
        try:
            known = bool(parts.hostname) and parts.port != 0
        except ValueError:
            known = False
        if not known or not re.fullmatch(r"|/[0-9]{0,4}", parts.path):
            raise ValueError(
                "redis://HOST:PORT/DB, with a port and the number of a database if they are not the usual ones"
            )

    def gateways(self) -> int:
        return self.instances

    def build(self, place: Place) -> LimitStore:
        from lockgate.limits.redis.build import build  # noqa: PLC0415  22 MB that only those have who use it

        password = None if self.password is None else place.secrets[self.password]
        return build(self.url, self.username, self.instances, place, password)
