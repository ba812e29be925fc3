"""One request at our upstream, and what is played for it: whole, in frames, with waits, broken."""

import json
import re
import select
import socket
import struct
import threading
import time
from dataclasses import dataclass, field

from tests.e2e import two_calls
from tests.e2e.wires import RESULT, WIRES

ANSWER = ("The ", "answer ", "is ")
_ACT = re.compile(rb"act(?:\.(\w+))?=(\w+)")


@dataclass
class Received:
    """A request as it came, and when its connection was closed by the gateway (`time.monotonic`), if it was."""

    family: str
    method: str
    target: str
    headers: list[tuple[str, str]]
    body: bytes
    raw: bytes
    at: float
    answered: threading.Event = field(default_factory=threading.Event)
    """The part that comes before a wait has been sent."""
    closed: threading.Event = field(default_factory=threading.Event)
    closed_at: float = 0.0
    sent: int = 0
    """Bytes of an endless stream that the gateway has taken."""

    @property
    def names(self) -> list[str]:
        return sorted(name for name, _ in self.headers)

    def header(self, name: str) -> list[str]:
        return [value for key, value in self.headers if key == name]


def left(one: socket.socket) -> bool:
    """Whether the other side has closed."""
    if not select.select([one], [], [], 0)[0]:
        return False
    try:
        return one.recv(1, socket.MSG_PEEK) == b""
    except OSError:
        return True


def note_closed(got: Received) -> None:
    got.closed_at = time.monotonic()
    got.closed.set()


class Performance:
    """One request, answered as its prompt says."""

    def __init__(self, one: socket.socket, got: Received, key: str, gate: threading.Event) -> None:
        self.one, self.got, self.gate = one, got, gate
        acts = {family.decode(): act.decode() for family, act in _ACT.findall(got.body)}
        self.act = acts.get(got.family) or acts.get("", "chat")
        self.wire = WIRES[got.family]
        asked = json.loads(got.body).get("stream", got.family == "ollama")  # Ollama streams unless told not to
        self.stream = "streamGenerateContent" in got.target if got.family == "gemini" else asked
        self.pieces = [*ANSWER, key]

    def play(self) -> None:
        act = self.act
        call = act == "tool" and RESULT.encode() not in self.got.body
        if act.isdigit():
            self.whole(self.wire.error(int(act), "upstream says no"), int(act), ("retry-after", "7"))
        elif act in ("garbage", "html"):
            self.whole(b'{"a":' if act == "garbage" else b"<html>welcome</html>", 200, stream=self.stream)
        elif act == "refuse":
            self.broken()
        elif act == "late":
            self.late()
        elif act == "endless":
            self.endless()
        elif act == "two" and RESULT.encode() not in self.got.body:
            self.two()
        elif self.stream:
            self.frames(self.wire.stream("upstream-model", self.pieces, call=call))
        else:
            self.unary(self.wire.whole("upstream-model", "".join(self.pieces), call=call))

    def whole(self, body: bytes, status: int = 200, *headers: tuple[str, str], stream: bool = False) -> None:
        kind = self.wire.stream_type if stream else "application/json"
        self.head(status, ("content-type", kind), ("content-length", str(len(body))), *headers, body=body)

    def head(self, status: int, *headers: tuple[str, str], body: bytes = b"") -> None:
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers)
        self.one.sendall(f"HTTP/1.1 {status} X\r\n{lines}\r\n".encode() + body)

    def unary(self, body: bytes) -> None:
        if self.act in ("head", "first"):
            self.wait()
        if self.act in ("reset", "cut", "mid", "last"):
            half = len(body) // 2
            self.head(200, ("content-type", "application/json"), ("content-length", str(len(body))), body=body[:half])
            self.broken() if self.act in ("reset", "cut") else self.wait()
            self.one.sendall(body[half:])
        else:
            self.whole(body)

    def frames(self, frames: list[bytes]) -> None:
        """A wait stands before the frame of its name; `mid` is where some text was sent and some was not."""
        text = next(i for i, frame in enumerate(frames) if self.pieces[0].encode() in frame or i == len(frames) - 1)
        before = {"head": -1, "first": 0, "mid": text + 2, "last": len(frames) - 1, "reset": text + 1, "cut": text + 1}
        stop = before.get(self.act, len(frames) + 1)
        if stop < 0:
            self.wait()
        self.head(200, ("content-type", self.wire.stream_type), ("transfer-encoding", "chunked"))
        for i, frame in enumerate(frames):
            if i == stop:
                self.broken() if self.act in ("reset", "cut") else self.wait()
            self.chunk(frame)
        self.one.sendall(b"0\r\n\r\n")

    def endless(self) -> None:
        """What stands before the text of a stream, then a piece of it again and again."""
        frames = self.wire.stream("upstream-model", ["x" * 2000, "end"])
        text = next(i for i, frame in enumerate(frames) if b"x" * 2000 in frame)
        self.head(200, ("content-type", self.wire.stream_type), ("transfer-encoding", "chunked"))
        for frame in frames[:text]:
            self.chunk(frame)
        self.got.answered.set()
        try:
            while True:
                self.chunk(frames[text])
                self.got.sent += len(frames[text])
        except OSError:
            note_closed(self.got)
            raise

    def two(self) -> None:
        """Two calls at once."""
        if self.stream:
            self.frames(two_calls.frames(self.got.family))
        else:
            self.unary(two_calls.whole(self.got.family))

    def late(self) -> None:
        """200, and then the error, as the first thing that is said."""
        event = {"openai": b"data: ", "anthropic": b"event: error\ndata: ", "gemini": b"data: ", "mistral": b"data: "}
        end = b"\n" if self.got.family == "ollama" else b"\n\n"
        self.head(200, ("content-type", self.wire.stream_type), ("transfer-encoding", "chunked"))
        self.chunk(event.get(self.got.family, b"") + self.wire.error(529, "upstream says no") + end)
        self.one.sendall(b"0\r\n\r\n")

    def chunk(self, data: bytes) -> None:
        self.one.sendall(b"%x\r\n%b\r\n" % (len(data), data))

    def wait(self) -> None:
        """Until `open`, or until the gateway closes."""
        self.got.answered.set()
        while not self.gate.is_set():
            if select.select([self.one], [], [], 0.005)[0] and left(self.one):
                note_closed(self.got)
                raise OSError("the gateway left")

    def broken(self) -> None:
        self.got.answered.set()
        if self.act in ("reset", "refuse"):
            time.sleep(0.02)  # so that what was sent is read before the RST throws it away
            self.one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.one.close()
        raise OSError("as the script says")
