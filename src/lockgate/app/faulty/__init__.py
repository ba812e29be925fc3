"""`lockgate faulty`: an upstream that fails in every way there is, on order. It listens on loopback only."""

import asyncio
import signal
import sys
import tempfile
import warnings
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import NamedTuple

from lockgate.app.faulty.control import Control
from lockgate.app.faulty.history import History
from lockgate.app.faulty.places import HOST, open_places
from lockgate.app.faulty.server import Faulty


class Running(NamedTuple):
    """Where it answers, where it is told what to do, and its places."""

    faulty: Faulty
    port: int
    control: int
    places: dict[str, str]


@asynccontextmanager
async def started(port: int = 0, control: int = 0, pace: float = 1.0) -> AsyncIterator[Running]:
    """Listens as long as it is entered."""
    loop, faulty = asyncio.get_running_loop(), Faulty(History(), pace)
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="lockgate-faulty-")))
        with warnings.catch_warnings(action="ignore", category=DeprecationWarning):  # TLS 1.1 is meant
            places = await open_places(faulty, folder, stack)
        server = await loop.create_server(faulty.protocol, HOST, port)
        stack.callback(server.close)
        steering = await loop.create_server(Control(faulty, places).protocol, HOST, control)
        stack.callback(steering.close)
        stack.push_async_callback(faulty.aclose)
        ports = [int(each.sockets[0].getsockname()[1]) for each in (server, steering)]
        yield Running(faulty, ports[0], ports[1], places)


def run(port: int, control: int, pace: float) -> int:
    """Serves until it is told to stop. 0 then; 1 when a port is taken."""
    try:
        asyncio.run(_serve(port, control, pace))
    except OSError as error:
        print(f"lockgate: cannot listen: {error.strerror}", file=sys.stderr)
        return 1
    return 0


async def _serve(port: int, control: int, pace: float) -> None:
    told = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, told.set)
    async with started(port, control, pace) as running:
        print(f"faulty upstream listening on http://{HOST}:{running.port}")
        print(f"control listening on http://{HOST}:{running.control}")
        for name, place in running.places.items():
            print(f"  {name:<16} {place}")
        sys.stdout.flush()
        await told.wait()
