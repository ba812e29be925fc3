"""Texts as rows of numbers that are made ready for the classifier: a row a token. What stood between two blanks before costs one look
into a dictionary, however many tokens it is.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from struct import Struct

import numpy as np
import numpy.typing as npt

from lockgate.guards.injection.artifact import Model
from lockgate.guards.injection.features import EDGE, FIFTH, LAST, MIX, SHIFTS, SINGLE, SKIPPED, STARTS
from lockgate.guards.injection.tokens import described, tokens

KNOWN = 40_000
"""Tokens that are remembered; then it begins anew, so that a client cannot fill the memory."""
PIECES = 32_768
"""What stands between blanks is remembered so often; then that begins anew."""
LONGEST = 32
"""Longer pieces hardly ever come again."""
WIDTH = 16
PAIR, TRIPLE, FIFTH_AT, SKIPPED_AT = 3, 6, 9, 10
"""Where in a row the word, the stem and the kind stand as the one before stands in pairs, and the one before that in triples; the kind
as the fifth back; and the word beside one that is skipped."""
OWN = 7
"""In a row as eight numbers of double width: what word, stem and kind weigh alone."""
CONCEPT, BEGINNING, SIGN = 0x3F, 0x3F, 6
"""Marks of a token: its concept, or the sign of an edge, in the lower bits; what it is a sign of above them."""
_ROW = Struct(f"<{SKIPPED_AT + 1}I12xd")
_NUMBER = Struct("=I")
_ALL = 0xFFFFFFFF

Table = npt.NDArray[np.uint32]
Marks = npt.NDArray[np.uint8]
Spans = Sequence[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Rows:
    """Of texts behind each other, with edges before each and behind all: the numbers of their rows, the table that these are in, and
    the marks.
    """

    numbers: Table
    table: Table
    marks: Marks


class _Full(Exception):
    pass


class _Products(dict[float, float]):
    """What a weight of a channel is worth, to the last bit as arrays have it."""

    def __init__(self, model: Model, channel: int) -> None:
        super().__init__()
        self._as, self._worth = model.weights.dtype.type, model.worth[channel]

    def __missing__(self, weight: float) -> float:
        self[weight] = product = float(self._as(weight) * self._worth)
        return product


class _Tokens(dict[str, bytes]):
    """Tokens, and the numbers of their rows as they stand in an array. What is missing is added. Row 0 is an edge."""

    def __init__(self, model: Model, most: int) -> None:
        super().__init__()
        self.most = most
        self._weights = model.weights.data
        self._channels = [(int(SHIFTS[at, 0]), int(STARTS[at, 0]), _Products(model, at)) for at in range(SINGLE)]
        self.table: Table = np.zeros((1024, WIDTH), dtype=np.uint32)  # a line of the processor's cache for each
        self.marks: Marks = np.zeros(1024, dtype=np.uint8)
        self.marks[0] = BEGINNING

    def __missing__(self, token: str) -> bytes:
        row = len(self) + 1
        if row > self.most:
            raise _Full
        if row >= self.table.shape[0]:
            self.table = np.concatenate([self.table, np.zeros_like(self.table)])
            self.marks = np.concatenate([self.marks, np.zeros_like(self.marks)])
        word, stem, kind, concept, sign = described(token)
        w, s, k = word * LAST & _ALL, stem * LAST & _ALL, kind * LAST & _ALL
        w2, s2, k2 = w * MIX & _ALL, s * MIX & _ALL, k * MIX & _ALL
        w3, s3, k3 = w2 * MIX & _ALL, s2 * MIX & _ALL, k2 * MIX & _ALL
        alone, weights = 0.0, self._weights
        for value, (shift, start, worth) in zip((w, s, k), self._channels, strict=True):
            alone += worth[weights[start + (((value ^ value >> 15) * MIX & _ALL) >> shift)]]
        fifth, skipped = k * FIFTH & _ALL, w * SKIPPED & _ALL
        _ROW.pack_into(self.table.data, row * WIDTH * 4, w, s, k, w2, s2, k2, w3, s3, k3, fifth, skipped, alone)
        self.marks[row] = sign << SIGN | concept
        self[token] = number = _NUMBER.pack(row)
        return number


class _Pieces(dict[str, bytes]):
    """The same of what stands between blanks: no token has a blank in it, and none depends on what is behind one."""

    def __init__(self, of_tokens: _Tokens) -> None:
        super().__init__()
        self._of_token = of_tokens.__getitem__

    def __missing__(self, piece: str) -> bytes:
        found = b"".join(map(self._of_token, tokens(piece)))
        if len(piece) <= LONGEST:
            if len(self) >= PIECES:
                self.clear()
            self[piece] = found
        return found


_EDGES = _NUMBER.pack(0) * EDGE


class Lexicon:
    """For one model. A client cannot fill the memory: what is known is bounded, and begins anew."""

    def __init__(self, model: Model, most: int = KNOWN) -> None:
        self._model, self._most = model, most
        self._begin(most)

    def rows(self, texts: Sequence[str]) -> tuple[Rows, Spans]:
        """And from where to where each text has its own, counted without the first edges."""
        return self._rows(lambda: self._numbers(texts))

    def behind(self, before: Sequence[str], own: Sequence[str]) -> Rows:
        """Of tokens behind those that a text has before them; where these are fewer than there are edges, it begins with them."""
        edges = _NUMBER.pack(0) * (EDGE - len(before))
        return self._rows(lambda: (edges + self._joined([*before, *own]) + _EDGES, ()))[0]

    def _rows(self, numbers: Callable[[], tuple[bytes, Spans]]) -> tuple[Rows, Spans]:
        try:
            every, spans = numbers()
        except _Full:
            self._begin(1 << 31)
            every, spans = numbers()
            self._tokens.most = self._most
        table, marks = self._tokens.table, self._tokens.marks
        if len(self._tokens) > self._most:  # of one text
            self._begin(self._most)
        found = np.frombuffer(every, dtype=np.uint32)
        return Rows(found, table, marks.take(found)), spans

    def _begin(self, most: int) -> None:
        self._tokens = _Tokens(self._model, most)
        self._pieces = _Pieces(self._tokens)

    def _joined(self, tokens: Sequence[str]) -> bytes:
        return b"".join(map(self._tokens.__getitem__, tokens))

    def _numbers(self, texts: Sequence[str]) -> tuple[bytes, Spans]:
        of_piece, of_token = self._pieces.__getitem__, self._tokens.__getitem__
        every: list[bytes] = []
        spans: list[tuple[int, int]] = []
        start = 0
        for text in texts:
            # Other scripts have few blanks, and what stands between them hardly ever comes again.
            own = b"".join(map(of_piece, text.split(" ")) if text.isascii() else map(of_token, tokens(text)))
            every += (_EDGES, own)
            end = start + len(own) // _NUMBER.size
            spans.append((start, end))
            start = end + EDGE
        every.append(_EDGES)  # a sum over channels is made row by row only where there are several columns
        return b"".join(every), spans
