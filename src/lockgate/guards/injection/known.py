"""What is known of tokens, and of what stands between blanks. What is missing is added.

A piece of a text is looked up in a dictionary; or many are at once, by what they are as numbers, in no step of Python for each.
"""

from collections.abc import Sequence
from itertools import chain
from struct import Struct

import numpy as np
import numpy.typing as npt

from lockgate.guards.injection.artifact import Model
from lockgate.guards.injection.features import EDGE, LAST, MIX, SHIFTS, SINGLE, STARTS, Floats
from lockgate.guards.injection.tokens import described, tokens

PIECES = 32_768
"""What stands between blanks is remembered so often; then all begins anew, so that a client cannot fill the memory."""
SHORT, LONGEST = 16, 32
"""Characters of pieces that are two numbers, and of such as are remembered at all: longer ones hardly ever come again."""
PORTION = 32_768
"""Characters that are looked at before it may begin anew, at most."""
BEGINNING, SIGN = 0x3F, 6
"""Marks of a token: its concept, or the sign of an edge, in the lower bits; what it is a sign of above them."""
EDGES = "\x80"
"""The piece that stands for the edges between texts. The texts beside it are ASCII."""
NUMBER = Struct("=I")
COUNT = 16
"""Bits of a piece's place that say how many tokens it has; the others say where their numbers begin."""
SEVERAL = 16
"""So many tokens are added faster together than one by one."""
_ROOM = 4 * PIECES
_BITS, _ALL = 16, (1 << 64) - 1
_FIRST, _SECOND, _SHIFT = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F), np.uint64(64 - _BITS)
_LAST, _MIX, _FINISH = np.uint32(LAST), np.uint32(MIX), np.uint32(15)
_SHIFTS, _STARTS = SHIFTS[:SINGLE], STARTS[:SINGLE].astype(np.uint32)
_WORDS = (1 << 32) - 1

Table = npt.NDArray[np.uint32]
Marks = npt.NDArray[np.uint8]
Numbers = npt.NDArray[np.int64]
Eights = npt.NDArray[np.uint64]


class _Products(dict[float, float]):
    """What a weight of a channel is worth, to the last bit as arrays have it."""

    def __init__(self, model: Model, channel: int) -> None:
        super().__init__()
        self._as, self._worth = model.weights.dtype.type, model.worth[channel]

    def __missing__(self, weight: float) -> float:
        self[weight] = product = float(self._as(weight) * self._worth)
        return product


class Tokens(dict[str, bytes]):
    """Tokens, and the numbers of their columns as they stand in an array: word, stem and kind as they are mixed, what these weigh
    alone, and marks. The first columns are edges.
    """

    def __init__(self, model: Model, most: int) -> None:
        super().__init__()
        size = EDGE + most + PORTION
        self._model, self._weights = model, model.weights.data
        self._channels = [(int(SHIFTS[at, 0]), int(STARTS[at, 0]), _Products(model, at)) for at in range(SINGLE)]
        self.said: Table = np.zeros((SINGLE, size), dtype=np.uint32)
        self.alone: Floats = np.zeros(size)
        self.marks: Marks = np.zeros(size, dtype=np.uint8)
        self.marks[:EDGE] = BEGINNING
        self._said = [row.data for row in self.said]

    def __missing__(self, token: str) -> bytes:
        at = len(self) + EDGE
        word, stem, kind, concept, sign = described(token)
        alone, weights = 0.0, self._weights
        for value, row, (shift, start, worth) in zip((word, stem, kind), self._said, self._channels, strict=True):
            row[at] = mixed = value * LAST & _WORDS
            alone += worth[weights[start + (((mixed ^ mixed >> 15) * MIX & _WORDS) >> shift)]]
        self.alone[at] = alone
        self.marks[at] = sign << SIGN | concept
        self[token] = number = NUMBER.pack(at)
        return number

    def add(self, missing: Sequence[str]) -> None:
        """Several at once."""
        begin = len(self) + EDGE
        end = begin + len(missing)
        self.update(zip(missing, map(NUMBER.pack, range(begin, end)), strict=True))
        told = np.array(list(map(described, missing)), dtype=np.uint32).T
        own = self.said[:, begin:end]
        np.multiply(told[:SINGLE], _LAST, out=own)
        at = own ^ own >> _FINISH
        at *= _MIX
        at >>= _SHIFTS
        at += _STARTS
        products = self._model.weights.take(at) * self._model.worth[:SINGLE, None]
        np.add.reduce(products, axis=0, dtype=np.float64, out=self.alone[begin:end])
        self.marks[begin:end] = told[SINGLE] | told[SINGLE + 1] << SIGN


class Pieces(dict[str, bytes]):
    """Pieces, and the numbers of their tokens: no token has a blank in it, and none depends on what is behind one."""

    def __init__(self, of_tokens: Tokens) -> None:
        super().__init__()
        self._tokens, self._of_token = of_tokens, of_tokens.__getitem__
        self.numbers: Table = np.zeros(_ROOM + 2 * PORTION, dtype=np.uint32)
        self._bytes = self.numbers.data.cast("B")
        self._slots: Eights = np.zeros(
            (1 << _BITS, 4), dtype=np.uint64
        )  # half a line of the processor's cache for each
        self._places = self._slots.data.cast("B").cast("Q")
        self._used = 0
        self._once: set[str] = set()
        self._settle(EDGES, b"".join(map(NUMBER.pack, range(EDGE))))

    @property
    def full(self) -> bool:
        return len(self) > PIECES or self._used > _ROOM

    def __missing__(self, piece: str) -> bytes:
        return self._new(piece, tokens(piece))

    def short(self, first: Eights, second: Eights) -> tuple[Numbers, npt.NDArray[np.bool_]]:
        """Of pieces as two numbers, their places, and which of these hold. Where there is nothing, the empty piece has its own."""
        at = second * _SECOND
        at ^= first
        at *= _FIRST
        at >>= _SHIFT
        rows = self._slots.take(at.view(np.int64), axis=0)
        there = rows[:, 0] == first
        there &= rows[:, 1] == second
        return rows[:, 2].astype(np.int64), there

    def other(self, pieces: Sequence[str]) -> list[int]:
        """The places of pieces that have none, or not for long. Nothing stands in them that a shorter piece is filled with."""
        new = {piece: tokens(piece) for piece in dict.fromkeys(pieces) if piece not in self}
        if len(new) >= SEVERAL:
            every = dict.fromkeys(chain.from_iterable(new.values()))
            if len(missing := [token for token in every if token not in self._tokens]) >= SEVERAL:
                self._tokens.add(missing)
        found: list[bytes] = []
        for piece in pieces:
            numbers = self.get(piece)
            if numbers is None:
                numbers = self._new(piece, new[piece])
            elif piece in self._once and piece not in new:
                self._settle(piece, numbers)
            found.append(numbers)
        begin, places = self._used, list[int]()
        for numbers in found:
            size = len(numbers) // NUMBER.size
            places.append(begin << COUNT | size)
            begin += size
        self._bytes[self._used * NUMBER.size : begin * NUMBER.size] = b"".join(found)
        return places

    def _new(self, piece: str, own: Sequence[str]) -> bytes:
        """Most pieces that are new come once: it takes a place when it comes again."""
        found = b"".join(map(self._of_token, own))
        if len(piece) <= LONGEST:
            self[piece] = found
            if len(piece) <= SHORT:
                self._once.add(piece)
        return found

    def _settle(self, piece: str, numbers: bytes) -> None:
        """Where another one has its place already, that stays: those that come often were here first."""
        self._once.discard(piece)
        data = piece.encode("latin-1")
        first = int.from_bytes(data[:8].rjust(8, b"\0"), "little")
        second = int.from_bytes(data[8:].rjust(8, b"\0"), "little")
        at = (((first ^ second * int(_SECOND)) * int(_FIRST) & _ALL) >> 64 - _BITS) * 4
        if not self._places[at + 2]:
            begin, size = self._used, len(numbers) // NUMBER.size
            self._bytes[begin * NUMBER.size : (begin + size) * NUMBER.size] = numbers
            self._places[at], self._places[at + 1], self._places[at + 2] = first, second, begin << COUNT | size
            self._used = begin + size
