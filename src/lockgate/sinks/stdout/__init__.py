"""The sink `stdout`: lines for whoever collects what the process prints."""

import os
import select
from typing import ClassVar, Literal

from lockgate.core.sink import Event, Place, Sink, SinkConfig, SinkError, Tail

PIECE = 4096
"""So much goes into a pipe in one piece (POSIX: PIPE_BUF), so lines of several processes do not mix."""


class plugin(SinkConfig, frozen=True, tag="stdout"):
    """No settings."""

    status: ClassVar[Literal["stable", "experimental"]] = "stable"

    def build(self, place: Place) -> Sink:
        return Stdout(1)


class Stdout:
    """Writes to the descriptor. Lines that left only in part go on where they stopped when they come again."""

    def __init__(self, file: int, patience: float = 5.0) -> None:
        self._file = file
        self._patience = patience
        self._begun = b""
        self._sent = 0

    def recover(self) -> Tail:
        return Tail()

    def write(self, lines: bytes) -> tuple[Event, ...]:
        if lines is not self._begun:
            self._begun, self._sent = lines, 0
        try:
            while self._sent < len(lines):
                self._wait()
                self._sent += os.write(self._file, lines[self._sent : self._end(lines)])
        except OSError as error:
            raise SinkError(f"stdout: {error.strerror or error}") from error
        self._begun = b""
        return ()

    def release(self) -> None:
        pass

    def close(self) -> None:
        pass

    def _wait(self) -> None:
        if not select.select((), (self._file,), (), self._patience)[1]:
            raise TimeoutError("nobody reads it")

    def _end(self, lines: bytes) -> int:
        """Whole lines, as many as go in one piece; a longer one by itself."""
        last = lines.rfind(b"\n", self._sent, self._sent + PIECE)
        return last + 1 if last >= 0 else lines.index(b"\n", self._sent) + 1
