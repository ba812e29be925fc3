"""A question to a detector that speaks JSON over HTTP: what the adapters of remote guards have in common."""

from collections.abc import Sequence
from typing import Any, TypeVar

import msgspec

from lockgate.core import address
from lockgate.core.guard import Finding
from lockgate.core.http import Headers, Outbound, Timeouts, Transport
from lockgate.core.remote_guard import LONGEST, NoVerdict, Piece
from lockgate.core.secret import Secret

T = TypeVar("T")
MOST = 1024 * 1024
"""Bytes of an answer, at most."""
_PATIENCE = Timeouts(LONGEST, LONGEST, LONGEST, LONGEST)
_JSON: Headers = ((b"content-type", b"application/json"), (b"accept", b"application/json"))


class Inquiry:
    """Asks one path of one service."""

    __slots__ = ("_headers", "_origin", "_target", "_transport")

    def __init__(
        self, transport: Transport, url: str, path: str, headers: Headers = (), *, allow_private: bool = False
    ) -> None:
        self._transport = transport
        self._origin, base = address.upstream(url, allow_private=allow_private)
        self._target = base + path
        self._headers = _JSON + headers

    def outbound(self, body: bytes, headers: Headers = ()) -> Outbound:
        return Outbound(self._origin, "POST", self._target, self._headers + headers, body, _PATIENCE, MOST)

    async def ask(self, question: Any, shape: type[T]) -> T:
        """The answer, which has to be of this shape. Raises `NoVerdict` for any other, and what the transport raises."""
        return await answered(self._transport, self.outbound(msgspec.json.encode(question)), shape)


async def answered(transport: Transport, outbound: Outbound, shape: type[T]) -> T:
    arrival = await transport.send(outbound)
    if arrival.status != 200:
        await arrival.body.aclose()
        raise NoVerdict(f"status_{arrival.status}")
    try:
        return msgspec.json.decode(await arrival.body.read(), type=shape)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise NoVerdict("bad_answer") from None


def whole(piece: Piece, label: str, confidence: float = 1.0) -> Sequence[Finding]:
    """A verdict on all of a text."""
    return (Finding(0, len(piece.text), label, confidence),)


def bearer(key: Secret | None) -> Headers:
    return () if key is None else ((b"authorization", b"Bearer " + key.reveal().encode()),)
