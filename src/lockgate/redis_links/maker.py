"""Makes connections to Redis that do one thing: no health checks, no retries, no notices of their own."""

from collections.abc import Callable
from typing import Any

from redis.asyncio.connection import AbstractConnection, Connection, parse_url
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from lockgate.core.secret import Secret

Password = Callable[[], Secret]


def maker(url: str, username: str | None = None, password: Password | None = None) -> Callable[[], AbstractConnection]:
    """`url` as in the settings: name and password stand beside it. Each connection asks for the password as it is then."""
    options: dict[str, Any] = dict(parse_url(url))
    kind: type[AbstractConnection] = options.pop("connection_class", Connection)
    if username:
        options["username"] = username
    plain: dict[str, Any] = {"protocol": 2, "driver_info": None, "socket_timeout": None, "socket_connect_timeout": None}

    def made() -> AbstractConnection:
        now: dict[str, Any] = {"password": password().reveal()} if password else {}
        return kind(**options, **now, **plain, retry=Retry(NoBackoff(), 0))

    return made
