"""What the parent tells a worker before it forks."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from socket import socket

from lockgate.app.listener_tls import Certificates
from lockgate.app.load import Loaded
from lockgate.app.prices import Prices
from lockgate.core.key_digest import Pepper
from lockgate.egress import Redactor
from lockgate.health import Shared


@dataclass(frozen=True, slots=True)
class Orders:
    """Everything a worker starts from; `parent` is the process that it does not outlive.

    `loaded` is the configuration of the start: what is for the next start is as it says. `now` is the one in force, where
    that is another one.
    """

    config: Path
    environ: Mapping[str, str]
    loaded: Loaded
    prices: Prices
    data_plane: socket
    desk: Path
    demo_port: int
    pepper: Pepper
    parent: int
    certificates: Certificates
    workers: int
    redactor: Redactor
    health: Shared
    now: Loaded | None = None
    kept: bool = False
    """Somebody keeps the sockets for the next process: who connects while this one ends waits for that one."""
    replaces: bool = False
    """It takes the place of one that serves until this one does."""

    @property
    def in_force(self) -> Path:
        """The configuration that workers took last, once they took another one than that of the start."""
        return self.desk.with_name("in_force.yaml")
