"""The store from its settings."""

import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any

from redis.asyncio.connection import AbstractConnection, Connection, parse_url
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from lockgate.core.limit import LimitStore, Place
from lockgate.core.secret import Secret
from lockgate.core.store import StoreError
from lockgate.limits.redis.connections import Connections
from lockgate.limits.redis.store import RedisLimits, Who


def build(url: str, username: str | None, instances: int, place: Place, password: Secret | None = None) -> LimitStore:
    make = maker(url, username, password)
    return RedisLimits(Connections(make), Who(place.owner, instance(place.folder), instances, place.now))


def maker(url: str, username: str | None = None, password: Secret | None = None) -> Callable[[], AbstractConnection]:
    """Makes connections that do one thing: no health checks, no retries, no notices of their own."""
    options: dict[str, Any] = dict(parse_url(url))
    kind: type[AbstractConnection] = options.pop("connection_class", Connection)
    if username:
        options["username"] = username
    if password:
        options["password"] = password.reveal()
    plain: dict[str, Any] = {"protocol": 2, "driver_info": None, "socket_timeout": None, "socket_connect_timeout": None}
    return lambda: kind(**options, **plain, retry=Retry(NoBackoff(), 0))


def instance(folder: Path) -> str:
    """The name of this gateway in Redis, made once and kept in its data folder."""
    path = folder / "instance"
    fresh = folder / f"instance.{secrets.token_hex(4)}"
    try:
        if not path.exists():
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            fresh.write_text(secrets.token_hex(8))
            try:
                path.hardlink_to(fresh)
            except FileExistsError:
                pass  # another process was first
            finally:
                fresh.unlink()
        return path.read_text().strip()
    except OSError as error:
        raise StoreError(f"{path}: {error}") from error
