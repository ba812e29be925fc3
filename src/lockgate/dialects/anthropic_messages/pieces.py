"""The blocks of a streamed answer, one after the other, whatever the order their pieces come in."""

from collections import deque

import jiter

from lockgate.codec import sse
from lockgate.core import seals

LOOKS = 16
"""Times that a call's arguments are looked at for being complete: an upstream may begin thousands of calls."""
UNSIGNED = b'{"type":"signature_delta","signature":"%b"}' % seals.NOBODY.encode()
"""What ends thoughts that nobody signed: sent back as they are they would be refused, so they have to be known again."""
TEXT_DELTA = b'{"type":"text_delta","text":'
"""How a delta of a text block begins."""


class Piece:
    """A block: its kind, its `content_block` as JSON, and the deltas that it could not say yet.

    `done`: no more may be added, though it may still have to wait. `closed`: it has been said.
    """

    __slots__ = ("_looks", "arguments", "closed", "deltas", "done", "kind", "signed", "start")

    def __init__(self, kind: str, start: bytes, *, done: bool = False) -> None:
        self.kind = kind
        self.start = start
        self.done = done
        self.closed = self.signed = False
        self.deltas: list[bytes] = []
        self.arguments: list[str] = []
        self._looks = 0

    def complete(self) -> bool:
        """Only a call may go on after something else began: it is complete when its arguments are."""
        if self.kind != "tool_use":
            return True
        if not self.arguments or not self.arguments[-1].endswith(("}", "\n", " ")) or self._looks >= LOOKS:
            return False
        self._looks += 1
        try:
            jiter.from_json("".join(self.arguments).encode())
        except ValueError:
            return False
        return True


class Pieces:
    """Says the block that is open at once, keeps the others until it is complete.

    `flow` is what comes before more text where a text block is open and nothing waits, and empty otherwise.
    """

    __slots__ = ("_index", "_open", "_prefix", "_waiting", "flow")

    def __init__(self) -> None:
        self._open: Piece | None = None
        self._prefix = b""
        self._waiting: deque[Piece] = deque()
        self._index = -1
        self.flow = b""

    @property
    def last(self) -> Piece | None:
        return self._waiting[-1] if self._waiting else self._open

    def begin(self, piece: Piece) -> bytes:
        self._waiting.append(piece)
        return self._advanced(final=False)

    def say(self, piece: Piece, delta: bytes) -> bytes:
        if piece is self._open:
            return self._prefix + delta + b"}\n\n"
        piece.deltas.append(delta)
        return b""

    def flush(self) -> bytes:
        """Everything that waits, and the last block closed."""
        return self._advanced(final=True) + self._closed()

    def _advanced(self, *, final: bool) -> bytes:
        written: list[bytes] = []
        while self._waiting and (self._open is None or final or self._open.complete()):
            written += [self._closed(), self._opened(self._waiting.popleft())]
        return b"".join(written)

    def _opened(self, piece: Piece) -> bytes:
        self._open = piece
        self._index += 1
        start = b'{"type":"content_block_start","index":%d,"content_block":%b}' % (self._index, piece.start)
        self._prefix = (
            b'event: content_block_delta\ndata: {"type":"content_block_delta","index":%d,"delta":' % self._index
        )
        self.flow = self._prefix + TEXT_DELTA if piece.kind == "text" and not self._waiting else b""
        held, piece.deltas = piece.deltas, []
        return sse.frame(start, "content_block_start") + b"".join(self.say(piece, delta) for delta in held)

    def _closed(self) -> bytes:
        if self._open is None:
            return b""
        piece, self._open, self.flow = self._open, None, b""
        piece.closed = True
        unsigned = piece.kind == "thinking" and not piece.signed
        seal = self._prefix + UNSIGNED + b"}\n\n" if unsigned else b""
        return seal + sse.frame(b'{"type":"content_block_stop","index":%d}' % self._index, "content_block_stop")
