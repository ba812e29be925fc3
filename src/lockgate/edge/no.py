"""A refusal that is said again without asking anybody, while the reason for it stands.

A client that is refused and asks again at once would cost as much as a request that is served, were it looked at anew. From the
same address, with the same head and so the same credential, it gets the answer that it had, with the id of that one; only when to come back is new, else all would come back together.
"""

from typing import Protocol, cast, final

from lockgate.core.http import Again, Headers
from lockgate.edge.head import Head
from lockgate.edge.intake import Wire
from lockgate.edge.refusal import back_in
from lockgate.edge.reply_head import reply_head
from lockgate.edge.tls import Extensions

_LATER = (b"retry-after", b"retry-after-ms")
_MOST = 256
"""Of which other connections get to know."""


class Opens(Wire, Protocol):
    """The connection that it is said over."""

    address: str
    tls: Extensions | None

    def opening(self, status: int) -> bytes: ...


@final
class No:
    """`pause`: seconds in which the connection is not read, after the last time."""

    __slots__ = ("_again", "_body", "_head", "_headers", "_size", "_status", "_text", "pause")

    def __init__(self, status: int, headers: Headers, body: bytes, again: Again, pause: float) -> None:
        self._status, self._headers, self._body = status, headers, body
        self._again, self.pause = again, pause
        self._text = self._head = b""
        self._size = 0

    def learn(self, head: bytes, length: int) -> None:
        """What it was said to."""
        self._head, self._size = head, len(head) + length

    def at_once(self, wire: Opens, data: bytes, before: int) -> bool | None:
        """To the very bytes of the head that it was said to, with a body as long: they are not even taken apart.

        None: the answer may be another by now. False: it has nothing to say to these.
        """
        if len(data) != self._size or not data.startswith(self._head) or wire.flow.write_paused:
            return False
        return self._said(wire, before) or None

    def again(self, wire: Opens, head: Head, size: int) -> bool:
        """To the same head with a body of another length, when it is its turn. False for a body that is not whole yet, for the last request of a
        connection, and when the answer may be another.
        """
        if head.length != size or head.close or wire.flow.write_paused:
            return False
        return self._said(wire, 0)

    def _said(self, wire: Opens, before: int) -> bool:
        said = self._again(before)
        if said is None:
            return False
        later, self.pause = said
        if not self._text:
            headers = tuple([each for each in self._headers if each[0] not in _LATER])
            self._text = reply_head(b"", headers, b"content-length: %d\r\n" % len(self._body)) + self._body
            self._headers, self._body = (), b""
        wire.transport.write(b"%b%b%b" % (wire.opening(self._status), back_in(later), self._text))
        return True


@final
class Noes:
    """Those of the last moment, for the other connections of the same client. Who comes with a certificate has none."""

    __slots__ = ("said",)

    def __init__(self) -> None:
        self.said: dict[tuple[str, bool, bytes], No] = {}

    def keep(self, wire: Opens, head: bytes, no: No) -> No:
        """One for all connections of a client, where there is one already: what many say then stays in the processor's caches."""
        if _certified(wire.tls):
            return no
        key = wire.address, wire.tls is None, head
        return self.said.get(key, no) if len(self.said) >= _MOST else self.said.setdefault(key, no)

    def find(self, wire: Opens, data: bytes) -> No | None:
        end = data.find(b"\r\n\r\n") + 4
        if end < 4 or _certified(wire.tls):
            return None
        return self.said.get((wire.address, wire.tls is None, data[:end]))


def _certified(tls: Extensions | None) -> bool:
    return tls is not None and bool(cast("tuple[str, ...]", tls["tls"]["client_cert_chain"]))
