"""What stands between the listener and the pipeline: trusted proxies and CORS, both off unless configured."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from lockgate.app.places import door
from lockgate.app.settings import ServerSettings
from lockgate.app.settings.headers import CorsSettings
from lockgate.app.zone import zone
from lockgate.core.http import UNREADABLE, Inbound, Reply
from lockgate.core.level import Level, Net, network
from lockgate.core.names import Names
from lockgate.pipeline.cors import Cors
from lockgate.pipeline.forwarded import seen_through


@dataclass(frozen=True, slots=True)
class Frontage:
    """Made ready once for each configuration."""

    proxies: tuple[Net, ...]
    cors: Cors | None
    door: Level

    idle: bool = field(init=False)
    """Neither is configured."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "idle", not self.proxies and self.cors is None)

    async def answer(
        self,
        inbound: Inbound,
        serve: Callable[[Inbound], Awaitable[Reply]],
        noted: Callable[[Reply, Inbound], Reply],
    ) -> Reply:
        """`serve` answers what is left of the request, who may not knock included; `noted` writes a preflight down and
        makes its reply one of ours.
        """
        inbound = seen_through(inbound, self.proxies)
        if self.cors is None:
            return await serve(inbound)
        welcome = inbound.client != UNREADABLE and self.door.admits(inbound.client)
        if welcome and (reply := self.cors.preflight(inbound)):
            return noted(reply, inbound)
        return self.cors.marked(inbound, await serve(inbound))


def frontage(server: ServerSettings) -> Frontage:
    cors = None if server.cors is None else _cors(server.cors)
    return Frontage(tuple(map(network, server.trusted_proxies)), cors, Level(door(server), zone))


def hosts(server: ServerSettings, *more: str) -> frozenset[str]:
    """The names that `Host` may have, and `more` where there are any; none means every one."""
    return frozenset(map(str.lower, (*server.allowed_hosts, *more))) if server.allowed_hosts else frozenset()


def _cors(settings: CorsSettings) -> Cors:
    return Cors(
        frozenset(origin.encode() for origin in settings.origins),
        "*" in settings.origins,
        frozenset(method.encode() for method in settings.methods),
        Names(settings.headers),
        ", ".join(settings.expose).encode(),
        settings.max_age,
    )
