"""A text as somebody would read it who is not fooled, and where each of its characters came from."""

from bisect import bisect_right
from collections.abc import Iterable

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

    __slots__ = ("_begins", "_pieces", "text")

    def __init__(self, pieces: Iterable[Piece]) -> None:
        self._pieces = [piece for piece in pieces if piece.text]
        self._begins: list[int] = []
        at = 0
        for piece in self._pieces:
            self._begins.append(at)
            at += len(piece.text)
        self.text = "".join([piece.text for piece in self._pieces])

    def original(self, start: int, end: int) -> tuple[int, int]:
        """The part of the original that a part of the view came from: all of what it came from."""
        first = bisect_right(self._begins, start) - 1
        last = bisect_right(self._begins, end - 1) - 1
        head, tail = self._pieces[first], self._pieces[last]
        begin = head.start + start - self._begins[first] if head.even else head.start
        return begin, tail.start + end - self._begins[last] if tail.even else tail.end

    def finding(self, finding: Finding) -> Finding:
        start, end = self.original(finding.start, finding.end)
        return Finding(start, end, finding.label, finding.confidence)


def through(outer: View, inner: View) -> View:
    """A view of a view, as one of the original."""
    pieces = []
    for piece in inner._pieces:  # noqa: SLF001  a view's own business
        if piece.end > piece.start:
            start, end = outer.original(piece.start, piece.end)
            even = (
                piece.even
                and end - start == len(piece.text)
                and outer.original(piece.start, piece.start + 1)
                == (
                    start,
                    start + 1,
                )
            )
            pieces.append(Piece(piece.text, start, end, even))
    return View(pieces)
