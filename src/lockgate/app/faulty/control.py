"""The control port of the faulty upstream: what it saw, what it is to play next, and where its places are.

GET    /history[?request_id=ID]     every request as a JSON object, in order
DELETE /history
POST   /play                        {"fault": "u8-503", "model": "*", "times": 5}; no fault: as the names say again
GET    /places                      addresses that are faults in themselves
GET    /open                        connections at the moment
"""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from urllib.parse import parse_qs

import msgspec

from lockgate.app.faulty.asked import Asked, NotHttpError, read
from lockgate.app.faulty.faults import named
from lockgate.app.faulty.peer import LIMIT, head
from lockgate.app.faulty.server import Faulty


class Order(msgspec.Struct, forbid_unknown_fields=True):
    """What is to be played. `times` 0 is for ever."""

    fault: str = ""
    model: str = "*"
    times: int = 0


class Control:
    """Answers one request a connection."""

    def __init__(self, faulty: Faulty, places: Mapping[str, str]) -> None:
        self._faulty, self._places = faulty, places

    def protocol(self) -> asyncio.StreamReaderProtocol:
        return asyncio.StreamReaderProtocol(asyncio.StreamReader(LIMIT), self._connected)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, NotHttpError):
            if asked := await read(reader):
                status, said = self.answer(asked)
                body = msgspec.json.encode(said)
                length = b"content-length: %d" % len(body)
                writer.write(
                    head(status, ((b"content-type", b"application/json"),), length, b"connection: close") + body
                )
                await writer.drain()
        writer.close()

    def answer(self, asked: Asked) -> tuple[int, object]:
        history = self._faulty.history
        match asked.method, asked.path:
            case "GET", "/history":
                return 200, history.shown(parse_qs(asked.query).get("request_id", [""])[0])
            case "DELETE", "/history":
                history.clear()
                return 200, {}
            case "POST", "/play":
                return self._play(asked.body)
            case "GET", "/places":
                return 200, self._places
            case "GET", "/open":
                return 200, {"connections": self._faulty.open}
        return 404, {"error": "nothing is here"}

    def _play(self, body: bytes) -> tuple[int, object]:
        try:
            order = msgspec.json.decode(body, type=Order)
        except msgspec.DecodeError as error:
            return 400, {"error": str(error)}
        if order.fault and named(order.fault) is None:
            return 400, {"error": "there is no such fault"}
        self._faulty.history.play(order.model, order.fault, order.times)
        return 200, {}
