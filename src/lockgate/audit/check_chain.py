"""One writer's chain, line by line: numbers, seals, and what a line behind a failed flush may repeat."""

import hashlib
import re
from collections.abc import Mapping
from typing import Protocol

from msgspec import Struct

from lockgate.audit.chain import START, TAIL, ChainKey

_END = re.compile(
    rb',"writer":"([a-z0-9]{1,16})","chain":"([0-9a-f]{8})","prev":"([0-9a-f]{32})","seal":"([0-9a-f]{32})"\}'
)
_SEQ = re.compile(rb'\0\{"seq":([1-9][0-9]{0,18}),')
_LEFT = re.compile(rb'"event":"segment_(?:abandoned|missing)"')
"""A segment that was missing may be there again, with lines that the next one has, too."""


class Bad(Struct, frozen=True):
    """Where the log is not as it was written. Lines count from 1; 0 is the file as a whole."""

    file: str
    line: int
    why: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.why}" if self.line else f"{self.file}: {self.why}"


class Wrong(Exception):
    """The first bad line of a chain."""

    def __init__(self, bad: Bad) -> None:
        super().__init__(str(bad))
        self.bad = bad


class Covered(Protocol):
    """Takes the digests of a chain in order; `Wrong` when the signed tree says otherwise."""

    def take(self, digests: list[bytes], file: str, line: int) -> None: ...


class ChainCheck:
    """Feed it a writer's segments in order: `begin`, then `feed` for each piece, then `end`. Raises `Wrong`.

    Without keys the seals are only held against the next line's `prev`; the signed tree says the rest.
    """

    def __init__(self, writer: str, keys: Mapping[str, ChainKey], covered: Covered | None = None) -> None:
        self._writer = writer
        self._keys = keys
        self._covered = covered
        self._key: ChainKey | None = None
        self._middle = b""
        self.seq = 0
        self._seal = START.encode()
        self._file, self._line, self._rest = "", 0, b"\0"
        self._window: list[bytes] = []
        self._first = 1
        self._before = self._seal
        self._repeated: list[bytes] = []
        self._excuse = b""
        self._fresh = True
        self.excused = True

    def begin(self, file: str) -> None:
        self._excuse = b'"file":"' + self._file.removesuffix(".zst").encode() + b'"'  # packed since
        self._file, self._line, self._rest = file, 0, b"\0"
        self._fresh = True

    def feed(self, chunk: bytes) -> None:
        parts = (self._rest + chunk.replace(b"\n", b"\n\0")).split(b"\n")
        self._rest = parts.pop()
        if not parts:
            return
        if self._fresh:
            self._fresh = False
            self._overlap(parts[0])
        if not self.excused and _LEFT.search(chunk):
            self.excused = any(_LEFT.search(part) and self._excuse in part for part in parts)
        digests = self._checked(parts)
        self._line += len(parts)
        self._window += digests
        if repeated := self._repeated[: len(digests)]:
            if digests[: len(repeated)] != repeated:
                raise self._wrong("it is not what the segment before has under this number")
            del self._repeated[: len(repeated)]
            digests = digests[len(repeated) :]
        if self._covered is not None:
            self._covered.take(digests, self._file, self._line - len(digests) + 1)

    def end(self, *, last: bool, live: bool = False) -> None:
        """The end of a segment. `live`: a process writes it at this moment, so the last line may not be whole yet."""
        if not self.excused:
            raise self._wrong("it repeats lines, and no line says that the segment before was left", line=1)
        if self._rest == b"\0" or (last and live):
            return
        if last:
            raise self._wrong(
                "the last line is not whole: the next start cuts it off and notes that", line=self._line + 1
            )
        self.excused = False

    def _checked(self, parts: list[bytes]) -> list[bytes]:
        """The digests of lines that are all well. One hash of the line, and a short one under the key.

        Numbers are under the seals: the last one says that of all others, too.
        """
        sha, blake, digests = hashlib.sha256, hashlib.blake2s, []
        seq, seal, key, middle = self.seq, self._seal, self._key, self._middle
        secret = key.secret if key else b""
        for part in parts:
            seq += 1
            digest = sha(part[:-TAIL]).digest()
            if key is not None:
                own = blake(digest, key=secret, digest_size=16).hexdigest().encode()
                if part.endswith(b'%b%b","seal":"%b"}' % (middle, seal, own)):
                    seal = own
                    digests.append(digest)
                    continue
            self.seq, self._seal = seq, seal
            seal = self._slowly(part, digest, self._line + len(digests) + 1)
            key, middle = self._key, self._middle
            secret = key.secret if key else b""
            digests.append(digest)
        self.seq, self._seal = seq, seal
        if not parts[-1].startswith(b'\0{"seq":%d,' % seq):
            raise self._wrong(f"it has another number than {seq}, which follows", self._line + len(digests))
        return digests

    def _slowly(self, part: bytes, digest: bytes, line: int) -> bytes:
        """A line that is not as expected at first sight: sealed with another key, without a key, or bad."""
        number, end = _SEQ.match(part), _END.search(part, max(0, len(part) - TAIL - 120))
        if number is None or end is None or end.end() != len(part):
            raise self._wrong("it is not a line of the log", line)
        writer, key_id, prev, seal = end.groups()
        if int(number[1]) != self.seq:
            raise self._wrong(f"it has the number {number[1].decode()} where {self.seq} follows", line)
        if writer.decode() != self._writer:
            raise self._wrong(f"it was written by {writer.decode()}", line)
        if prev != self._seal:
            raise self._wrong("it does not follow the line before: a line is missing, moved or changed", line)
        if not self._keys:
            return seal
        self._key = self._keys.get(key_id.decode())
        if self._key is None:
            raise self._wrong(f"it is sealed with the key {key_id.decode()}, which is not known here", line)
        self._middle = b',"writer":"%b","chain":"%b","prev":"' % (writer, key_id)
        if self._key.seal(digest).encode() != seal:
            raise self._wrong("it was changed: its seal is not that of its content", line)
        return seal

    def _overlap(self, first: bytes) -> None:
        """A segment that begins inside the one before takes over from one that was left, and has to say so."""
        number = _SEQ.match(first)
        begins = int(number[1]) if number else 0
        if self._first <= begins <= self.seq:
            kept = begins - self._first
            self._repeated = self._window[kept:]
            self.seq = begins - 1
            self._seal = self._seal_before(kept, first)
            self.excused = False
        self._first, self._before, self._window = self.seq + 1, self._seal, []

    def _seal_before(self, kept: int, first: bytes) -> bytes:
        if not kept:
            return self._before
        if self._key is not None:
            return self._key.seal(self._window[kept - 1]).encode()
        end = _END.search(first)
        return end[3] if end else b""

    def _wrong(self, why: str, line: int | None = None) -> Wrong:
        return Wrong(Bad(self._file, self._line if line is None else line, why))
