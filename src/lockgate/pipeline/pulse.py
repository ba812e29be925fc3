"""A stream that falls silent once it has begun: its client hears that we are still there, in its dialect's own way.

Models think for minutes between two words, and rules hold words back; proxies and clients give up on what is silent for so long.
A sign of life stands between two frames only, and stands in the receipt like all that the client gets.
"""

from collections.abc import Callable
from typing import Protocol, final

from lockgate.core.digests import Digests

SILENCE = 15.0
"""Seconds that a stream may be silent, where its model has no `ping` of its own. Half as long again at most."""
_LOOKS = 2
"""Times that one looks in such a while."""
_ENDS = (b"\n\n", b"\r\n\r\n", b"\r\r")
"""What a frame of an event stream ends with."""


class Timer(Protocol):
    def cancel(self) -> None: ...


class Loop(Protocol):
    """As much of an event loop as it takes."""

    def call_later(self, delay: float, callback: Callable[[], None], /) -> Timer: ...


@final
class Pulse:
    """Of one stream. `out` is what left last, None when it was seen already; `idle`: nothing is on its way now."""

    __slots__ = ("_digests", "_every", "_loop", "_ping", "_put", "_silent", "_timer", "_whole", "idle", "out")

    def __init__(self, ping: bytes, every: float, digests: Digests | None) -> None:
        self._ping, self._every, self._digests = ping, every / _LOOKS, digests
        self._timer: Timer | None = None
        self._silent, self._whole = 0, False
        self.out: bytes | None = None
        self.idle = False

    def begin(self, put: Callable[[bytes], bool], loop: Loop) -> None:
        """Behind the first chunk. `put` writes to the client, or says that it cannot now."""
        self._put, self._loop = put, loop
        self._timer = self._loop.call_later(self._every, self._look)

    def end(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def _look(self) -> None:
        self._timer = self._loop.call_later(self._every, self._look)
        if self.out is not None:
            self._whole, self.out, self._silent = self.out.endswith(_ENDS), None, 0
            return
        self._silent += 1
        if self._silent >= _LOOKS and self._whole and self.idle and self._put(self._ping):
            self._silent = 0
            if self._digests is not None:
                self._digests.response.update(self._ping)
