"""uvicorn's protocol without what nothing here uses: its parser, its queue of requests, and its event. 3 KiB a connection."""

import asyncio
from collections import deque
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from lockgate.edge.flow import Flow
from lockgate.edge.state import EdgeState

_NO_STATE: dict[str, Any] = {}
_NO_PIPELINE: deque[Any] = deque(maxlen=0)


class Lean(HttpToolsProtocol):
    """Subclasses keep what is theirs in slots: with it, the attributes would be too many for a dict with shared keys."""

    __slots__ = ()

    def __init__(self, state: EdgeState) -> None:
        super().__init__(state.config, state.uvicorn, _NO_STATE, state.loop)
        self.parser, self.pipeline = None, _NO_PIPELINE  # type: ignore[assignment]

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's own
        super().connection_made(transport)
        self.flow = Flow(transport, self.loop)
