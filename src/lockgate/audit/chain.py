"""Records as lines of the log: numbered, dated, and each sealed together with the seal of the line before.

{"seq":7,"ts":"…",…,"writer":"w0","chain":"1f2e3d4c","prev":"<seal of line 6>","seal":"<seal of this line>"}

digest = SHA-256(0x00 ‖ the line up to ,"seal":)      the leaf hash of RFC 6962: the signed tree is made of these
seal   = BLAKE2s(digest, key, 16 bytes)               nobody without the key can make or mend a chain
"""

import hashlib
from collections.abc import Callable, Iterable
from datetime import UTC, datetime

import msgspec
from msgspec import Struct

from lockgate.core.sink import Event, Record, Tail

_encode = msgspec.json.Encoder().encode
SEAL = b',"seal":"'
CLOSE = b'"}'
_CLOSED = CLOSE + b"\n"
TAIL = len(SEAL) + 32 + len(CLOSE)
"""Bytes of a line behind what its digest covers, without the line break."""
START = "0" * 32


class ChainKey(Struct, frozen=True):
    """A key of the chain. `id` stands in every line that it sealed."""

    id: str
    secret: bytes

    def __repr__(self) -> str:
        return f"ChainKey({self.id})"

    def seal(self, digest: bytes) -> str:
        return self.sealing()(digest)

    def sealing(self) -> Callable[[bytes], str]:
        """For many of them: what depends on the key alone is done once."""
        begun = hashlib.blake2s(key=self.secret, digest_size=16)

        def seal(digest: bytes) -> str:
            state = begun.copy()
            state.update(digest)
            return state.hexdigest()

        return seal


def digest(content: bytes) -> bytes:
    return hashlib.sha256(b"\0" + content).digest()


class Chain:
    """One writer's chain, from where it stands on."""

    __slots__ = ("_dates", "_seal", "_signed", "seal", "seq", "writer")

    def __init__(self, writer: str, key: ChainKey, tail: Tail) -> None:
        self.writer = writer
        self._seal = key.sealing()
        self._signed = f',"writer":"{writer}","chain":"{key.id}","prev":"'.encode()
        self.seq, self.seal = tail.seq, tail.seal
        self._dates = Dates()

    def lines(self, records: Iterable[Record | Event]) -> tuple[bytes, list[bytes]]:
        """The lines with their ends, and their digests."""
        out: list[bytes] = []
        digests: list[bytes] = []
        signed, seal, text = self._signed, self._seal, self._dates.text
        prev, seq = self.seal.encode(), self.seq
        for record in records:
            body = _encoded(record)
            seq += 1
            # The first field, `"ts":<number>`, makes way for the number and the date.
            content = b'{"seq":%d,"ts":"%b"%b%b%b"' % (seq, text(record.ts), body[body.index(b",") : -1], signed, prev)
            covered = digest(content)
            prev = seal(covered).encode()
            out += (content, SEAL, prev, _CLOSED)
            digests.append(covered)
        self.seal, self.seq = prev.decode(), seq
        return b"".join(out), digests


def _encoded(record: Record | Event) -> bytes:
    """JSON of nothing but printable ASCII: what a client may have put into a name never moves a cursor or breaks a line.

    A record that cannot be written leaves its id, and never stops the log.
    """
    try:
        body = _encode(record)
    except (UnicodeEncodeError, ValueError, TypeError) as error:
        details = {"error": type(error).__name__}
        safe = record.request_id.encode("ascii", "replace").decode()
        body = _encode(Event(ts=record.ts, request_id=safe, event="record_not_encodable", details=details))
    if body.isascii() and body.find(b"\x7f") < 0:
        return body
    return "".join(map(_escaped, body.decode())).encode()


def _escaped(character: str) -> str:
    if " " <= character <= "~":
        return character
    units = character.encode("utf-16-be")
    return "".join(f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2))


class Dates:
    """RFC 3339 in UTC, to the millisecond. The part up to the second is made once a second."""

    __slots__ = ("_second", "_text")

    def __init__(self) -> None:
        self._second = -1
        self._text = b""

    def text(self, at: float) -> bytes:
        second, millis = divmod(round(at * 1000), 1000)
        if second != self._second:
            made = datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%S")
            self._second, self._text = second, made.encode()
        return b"%b.%03dZ" % (self._text, millis)
