"""The store from its settings."""

import secrets
from collections.abc import Callable
from pathlib import Path

from lockgate.core.limit import LimitStore
from lockgate.core.limit_store import Place
from lockgate.core.secret import Secret
from lockgate.core.store import StoreError
from lockgate.limits.redis.store import RedisLimits, Who
from lockgate.redis_links.connections import Connections
from lockgate.redis_links.maker import maker


def build(
    url: str, username: str | None, instances: int, place: Place, password: Callable[[], Secret] | None = None
) -> LimitStore:
    make = maker(url, username, password)
    return RedisLimits(Connections(make), Who(place.owner, instance(place.folder), instances, place.now))


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
