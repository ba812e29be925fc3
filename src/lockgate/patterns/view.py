"""A text as somebody would read it who is not fooled, and where each of its characters came from."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from itertools import accumulate

from msgspec import Struct

from lockgate.core.guard import Finding


class Piece(Struct, frozen=True, gc=False):
    """A part of a view: what it says, and the part of the original that it stands for.

    `even`: character for character. Otherwise all of it came from all of that.
    """

    text: str
    start: int
    end: int
    even: bool = True


class View:
    """Pieces in order."""

    __slots__ = ("_begins", "pieces", "text")

    def __init__(self, pieces: Iterable[Piece]) -> None:
        self.pieces = [piece for piece in pieces if piece.text]
        texts = [piece.text for piece in self.pieces]
        self._begins = list(accumulate(map(len, texts[:-1]), initial=0)) if texts else []
        self.text = "".join(texts)

    def original(self, start: int, end: int) -> tuple[int, int]:
        """The part of the original that a part of the view came from: all of what it came from."""
        first = bisect_right(self._begins, start) - 1
        last = bisect_right(self._begins, end - 1) - 1
        head, tail = self.pieces[first], self.pieces[last]
        begin = head.start + start - self._begins[first] if head.even else head.start
        return begin, tail.start + end - self._begins[last] if tail.even else tail.end

    def part(self, start: int, end: int) -> Iterator[Piece]:
        """Its pieces between two places."""
        for begin, piece in zip(self._begins, self.pieces, strict=True):
            low, high = max(start, begin), min(end, begin + len(piece.text))
            if low >= high:
                continue
            said = piece.text[low - begin : high - begin]
            if piece.even:
                yield Piece(said, piece.start + low - begin, piece.start + high - begin)
            else:
                yield Piece(said, piece.start, piece.end, even=False)

    def finding(self, finding: Finding) -> Finding:
        start, end = self.original(finding.start, finding.end)
        return Finding(start, end, finding.label, finding.confidence)


class Lined(View):
    """The same words with real lines: who reads whole texts finds nothing else in it."""

    __slots__ = ()


def through(outer: View, inner: View) -> View:
    """A view of a view, as one of the original."""
    pieces: list[Piece] = []
    for piece in inner.pieces:
        if piece.even:
            at = 0
            for part in outer.part(piece.start, piece.end):
                size = len(part.text)
                pieces.append(Piece(piece.text[at : at + size], part.start, part.end, part.even))
                at += size
        elif piece.end > piece.start:
            pieces.append(Piece(piece.text, *outer.original(piece.start, piece.end), even=False))
        else:
            pieces.append(Piece(piece.text, piece.start, piece.end, even=False))
    return View(pieces)
