"""Lines as messages: `<PRI>1 TIMESTAMP HOST lockgate WRITER audit - LINE`."""

import re
import socket

from lockgate.core.sink import Event, SinkError, Tail
from lockgate.sinks.syslog.channel import Channel

INFORMATIONAL = 6
_STAMP = re.compile(rb'"ts":"([0-9TZ:.-]{20,32})"')


class Syslog:
    def __init__(self, channel: Channel, writer: str, facility: int, host: str = "") -> None:
        self._channel = channel
        named = re.sub(r"[^!-~]", "?", host or socket.gethostname())[:255] or "-"
        self._head = f"<{facility * 8 + INFORMATIONAL}>1 ".encode()
        self._names = f" {named} lockgate {writer} audit - ".encode()

    def recover(self) -> Tail:
        return Tail()

    def write(self, lines: bytes) -> tuple[Event, ...]:
        try:
            self._channel.send([self._message(line) for line in lines.splitlines()])
        except OSError as error:
            raise SinkError(f"syslog: {error.strerror or error}") from error
        return ()

    def release(self) -> None:
        pass

    def close(self) -> None:
        self._channel.close()

    def _message(self, line: bytes) -> bytes:
        stamp = _STAMP.search(line)
        return self._head + (stamp[1] if stamp else b"-") + self._names + line
