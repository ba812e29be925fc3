"""Makes connections to Redis that do one thing: no health checks, no retries, no notices of their own."""

from collections.abc import Callable
from typing import Any

from redis.asyncio.connection import AbstractConnection, Connection, parse_url
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from lockgate.core.secret import Secret


def maker(url: str, username: str | None = None, password: Secret | None = None) -> Callable[[], AbstractConnection]:
    """`url` as in the settings: name and password stand beside it."""
    options: dict[str, Any] = dict(parse_url(url))
    kind: type[AbstractConnection] = options.pop("connection_class", Connection)
    if username:
        options["username"] = username
    if password:
        options["password"] = password.reveal()
    plain: dict[str, Any] = {"protocol": 2, "driver_info": None, "socket_timeout": None, "socket_connect_timeout": None}
    return lambda: kind(**options, **plain, retry=Retry(NoBackoff(), 0))
