"""One JSON document per line."""

from collections.abc import Sequence

LIMIT = 4 * 1024 * 1024


class LineTooLong(ValueError):
    """No end of line within the limit."""


class Splitter:
    """Feed bytes as they arrive, get complete lines with their end; joined they are the stream again."""

    __slots__ = ("_rest",)

    def __init__(self) -> None:
        self._rest = bytearray()

    def feed(self, data: bytes) -> Sequence[bytes]:
        if not self._rest and data.find(b"\n") == len(data) - 1:
            return (data,) if data else ()
        # At LF only: a CR alone is white space in JSON, not the end of a line.
        first, end, more = data.partition(b"\n")
        self._rest += first + end
        lines = [bytes(self._rest)] if end else []
        if end:
            *whole, rest = more.split(b"\n")
            lines += [line + b"\n" for line in whole]
            self._rest = bytearray(rest)
        if len(self._rest) > LIMIT:
            raise LineTooLong(f"no end of line within {LIMIT} bytes")
        return lines

    def end(self) -> Sequence[bytes]:
        rest, self._rest = bytes(self._rest), bytearray()
        return [rest] if rest.strip() else []
