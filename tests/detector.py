"""A detector on real sockets, for adapters of remote guards: it is asked, and answers what the test says."""

from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import msgspec

from lockgate.core.guard import Finding
from lockgate.core.remote_guard import GuardPorts, Piece, RemoteGuard, RemoteGuardConfig
from lockgate.core.secret import Secret
from lockgate.core.secret_ref import SecretRef
from lockgate.transports.http import HttpTransport
from tests.integration.scripted import Peer, Request, ScriptedUpstream

KEY = SecretRef(env="GUARD_KEY")
KEY_VALUE = "guard-key-0123456789"
MORNING = 1_767_225_600.0
"""2026-01-01."""


@dataclass
class Asked:
    """The guard, and what came to the detector. `says`: what it answers, a status with a document or with bytes."""

    guard: RemoteGuard
    says: Callable[[Request], tuple[int, Any]]
    requests: list[Request] = field(default_factory=list)

    async def find(self, *texts: str, place: str = "user", direction: Any = "request") -> list[list[Finding]]:
        found = await self.guard.find([Piece(text, place, direction) for text in texts])
        return [list(each) for each in found]

    @property
    def documents(self) -> list[Any]:
        return [msgspec.json.decode(request.body) for request in self.requests]


def answer(status: int, document: Any) -> bytes:
    body = document if isinstance(document, bytes) else msgspec.json.encode(document)
    head = f"HTTP/1.1 {status} X\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
    return head.encode() + body


@asynccontextmanager
async def detector(
    settings: Callable[[str], RemoteGuardConfig], says: Callable[[Request], tuple[int, Any]] | None = None
) -> AsyncIterator[Asked]:
    """`settings` are made of the detector's address."""

    served: Counter[Peer] = Counter()

    async def serve(peer: Peer) -> None:
        while True:
            await peer.until(lambda: len(peer.requests) > served[peer], None)
            served[peer] += 1
            await peer.send(answer(*asked.says(peer.requests[served[peer] - 1])))

    async with ScriptedUpstream([serve]) as upstream:
        transport = HttpTransport()
        ports = GuardPorts(transport, {KEY: Secret(KEY_VALUE)}.__getitem__, lambda: MORNING)
        config = settings(f"http://127.0.0.1:{upstream.port}")
        config.check()
        asked = Asked(config.connect(ports), says or (lambda request: (200, {})), upstream.requests)
        try:
            yield asked
        finally:
            await transport.aclose()
