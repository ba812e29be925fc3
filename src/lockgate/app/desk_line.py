"""A worker's line to the desk: says how the worker does, whenever one of them wants that. A desk that died is looked for again."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

AGAIN = 0.25
"""Seconds until the next desk is looked for."""


class DeskLine:
    """`said` is the report of the moment. Without a desk nothing is said, and the worker serves all the same."""

    def __init__(self, path: Path, said: Callable[[], bytes]) -> None:
        self._path, self._said = path, said
        self._writer: asyncio.StreamWriter | None = None

    def tell(self) -> None:
        if self._writer is not None:
            self._writer.write(self._said())

    async def keep(self) -> None:
        """Until it is cancelled."""
        while True:
            with suppress(OSError):
                await self._hold()
            await asyncio.sleep(AGAIN)

    async def _hold(self) -> None:
        """One connection, from its begin to its end."""
        reader, writer = await asyncio.open_unix_connection(self._path)
        self._writer = writer
        try:
            self.tell()
            while await reader.read(1):
                self.tell()
        finally:
            self._writer = None
            writer.close()
