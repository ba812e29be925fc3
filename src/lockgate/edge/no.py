"""A refusal that is said again without asking anybody, while the reason for it stands.

A client that is refused and asks again at once would cost as much as a request that is served, were it looked at anew. Over the
same connection, with the same head and so the same credential, it gets the answer that it had, with the id of that one.
"""

from typing import Protocol, final

from lockgate.core.http import Headers, Shed
from lockgate.edge.head import Head
from lockgate.edge.intake import Wire
from lockgate.edge.reply_head import reply_head


class Opens(Wire, Protocol):
    """The connection that it is said over."""

    def opening(self, status: int) -> bytes: ...


@final
class No:
    """`pause`: seconds in which the connection is not read, after the last time."""

    __slots__ = ("_again", "_asked", "_body", "_head", "_headers", "_size", "_status", "_text", "pause")

    def __init__(self, status: int, headers: Headers, body: bytes, shed: Shed) -> None:
        self._status, self._headers, self._body = status, headers, body
        self._again, self.pause = shed.again, shed.pause
        self._text = self._head = b""
        self._size = 0
        self._asked = False

    def at_once(self, wire: Opens, data: bytes) -> bool:
        """To the very bytes of the head that it was said to last, with a body as long: they are not even taken apart."""
        if len(data) != self._size or not data.startswith(self._head) or wire.flow.write_paused:
            return False
        pause = self._again()
        if pause is None:
            self._asked = True
            return False
        self.pause = pause
        wire.transport.write(wire.opening(self._status) + self._text)
        return True

    def again(self, wire: Opens, known: bytes, head: Head, size: int) -> bool:
        """False for a body that is not whole yet, for the last request of a connection, and when the answer may be another.

        `known` are the bytes of the head.
        """
        self.pause = 0.0
        asked, self._asked = self._asked, False
        if asked or head.length != size or head.close or wire.flow.write_paused or (pause := self._again()) is None:
            return False
        self.pause = pause
        if not self._text:
            self._text = reply_head(b"", self._headers, b"content-length: %d\r\n" % len(self._body)) + self._body
            self._headers, self._body = (), b""
        self._head, self._size = known, len(known) + size
        wire.transport.write(wire.opening(self._status) + self._text)
        return True
