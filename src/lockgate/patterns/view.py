"""A text as somebody would read it who is not fooled, and where each of its characters came from."""

from bisect import bisect_left, bisect_right
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
    """Pieces in order. Where its text is known already, they are made when somebody asks where a part of it came from: most have nothing
    in them that anybody looks for.
    """

    __slots__ = ("_begins", "_made", "_pieces", "text")

    def __init__(self, pieces: Iterable[Piece], text: str | None = None) -> None:
        self._made = pieces
        self._pieces: list[Piece] | None = None
        self._begins: list[int] = []
        self.text = "".join([piece.text for piece in self.pieces]) if text is None else text

    @property
    def pieces(self) -> list[Piece]:
        if self._pieces is None:
            self._pieces, self._made = [piece for piece in self._made if piece.text], ()
            self._begins = list(accumulate([len(piece.text) for piece in self._pieces], initial=0))[:-1]
        return self._pieces

    def original(self, start: int, end: int) -> tuple[int, int]:
        """The part of the original that a part of the view came from: all of what it came from."""
        pieces = self.pieces
        first = bisect_right(self._begins, start) - 1
        last = bisect_right(self._begins, end - 1) - 1
        head, tail = pieces[first], pieces[last]
        begin = head.start + start - self._begins[first] if head.even else head.start
        return begin, tail.start + end - self._begins[last] if tail.even else tail.end

    def part(self, start: int, end: int) -> Iterator[Piece]:
        """Its pieces between two places."""
        pieces, begins = self.pieces, self._begins
        for at in range(max(0, bisect_right(begins, start) - 1), bisect_left(begins, end)):
            begin, piece = begins[at], pieces[at]
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
    return type(inner)(_through(outer, inner), inner.text)


def _through(outer: View, inner: View) -> Iterator[Piece]:
    for piece in inner.pieces:
        if piece.even:
            at = 0
            for part in outer.part(piece.start, piece.end):
                size = len(part.text)
                yield Piece(piece.text[at : at + size], part.start, part.end, part.even)
                at += size
        elif piece.end > piece.start:
            yield Piece(piece.text, *outer.original(piece.start, piece.end), even=False)
        else:
            yield Piece(piece.text, piece.start, piece.end, even=False)


def of_original(text: str, view: View, length: int) -> int:
    """As much of the end of the original."""
    if not length or not view.text:
        return 0
    size = len(view.text)
    return len(text) - view.original(size - length, size)[0]
