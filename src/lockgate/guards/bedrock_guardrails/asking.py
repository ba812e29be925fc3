"""One signed request for each text: the answer says of all that it holds together whether the guardrail intervened."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from lockgate.clouds.sigv4 import Account, signed
from lockgate.core import address
from lockgate.core.guard import Finding
from lockgate.core.http import Origin
from lockgate.core.inquiry import Inquiry, answered
from lockgate.core.remote_guard import Capacity, GuardPorts, Piece
from lockgate.guards.bedrock_guardrails.assessed import Said, findings

if TYPE_CHECKING:
    from lockgate.guards.bedrock_guardrails import plugin

SOURCES = {"request": "INPUT", "response": "OUTPUT"}
_PORTS = {"http": 80, "https": 443}
_OWN = frozenset(("host", "content-type"))
"""Headers that are set elsewhere, and only signed here."""


class Words(Struct, frozen=True):
    text: str


class Block(Struct, frozen=True):
    text: Words


class Question(Struct, frozen=True):
    source: str
    content: Sequence[Block]


class Bedrock:
    """An account's quota is in units of 1,000 characters."""

    capacity = Capacity(pieces=1, characters=10_000)

    def __init__(self, settings: "plugin", ports: GuardPorts) -> None:
        path = f"/guardrail/{settings.guardrail}/version/{settings.version}/apply"
        self._inquiry = Inquiry(ports.transport, settings.address, path, allow_private=settings.allow_private)
        self._transport, self._now = ports.transport, ports.now
        origin, base = address.upstream(settings.address)
        self._host, self._target = _host(origin), base + path
        token = None if settings.session_token is None else ports.secret(settings.session_token)
        access_key = ports.secret(settings.access_key).reveal()
        self._account = Account(access_key, ports.secret(settings.secret_key), settings.region, token)

    async def find(self, pieces: Sequence[Piece]) -> Sequence[Sequence[Finding]]:
        return [await self._found(piece) for piece in pieces]

    async def _found(self, piece: Piece) -> Sequence[Finding]:
        body = msgspec.json.encode(Question(SOURCES[piece.direction], [Block(Words(piece.text))]))
        given = {"host": self._host, "content-type": "application/json"}
        whole = signed(self._account, "bedrock", "POST", self._target, given, body=body, at=self._now())
        headers = tuple((name.encode(), value.encode()) for name, value in whole.items() if name not in _OWN)
        return findings(piece, await answered(self._transport, self._inquiry.outbound(body, headers), Said))


def _host(origin: Origin) -> str:
    return origin.host if origin.port == _PORTS[origin.scheme] else f"{origin.host}:{origin.port}"
