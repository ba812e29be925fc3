"""The signed tree against the lines: every span has the lines it says, every checkpoint the root it signed."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import msgspec
from msgspec import Struct

from lockgate.audit.check_chain import Bad, Wrong
from lockgate.audit.note import Checkpoint, Verifier, checkpoint, notes_in, opened
from lockgate.audit.spans import FILE, Span, decode
from lockgate.audit.tree import EMPTY, Growing, leaf


class Coverage:
    """What the tree says of one writer: takes the digests of its lines in order, and compares span by span."""

    def __init__(self, writer: str, spans: Sequence[tuple[int, Span]]) -> None:
        self._writer = writer
        self._spans = list(reversed(spans))
        self._digests: list[bytes] = []
        self._next = 1

    @property
    def reached(self) -> int:
        """The number of the last line that was compared."""
        return self._next - 1

    def take(self, digests: list[bytes], file: str, line: int) -> None:
        held = len(self._digests)
        self._digests += digests
        while self._spans and self._next + len(self._digests) > self._spans[-1][1].last:
            self._compare(file, line - held)
            held = 0

    def end(self) -> None:
        if self._spans:
            number, span = self._spans[0]
            raise Wrong(
                Bad(FILE, number, f"the log of {self._writer} reached line {span.last}: its end is missing now")
            )

    def _compare(self, file: str, line: int) -> None:
        number, span = self._spans.pop()
        count = span.last - span.first + 1
        if span.first != self._next or count < 1:
            raise Wrong(
                Bad(FILE, number, f"it begins with line {span.first} of {self._writer}, where {self._next} follows")
            )
        found = hashlib.sha256(b"".join(self._digests[:count])).hexdigest()
        if found != span.digest:
            why = (
                f"lines {span.first} to {span.last} of {self._writer} are not those that were signed ({FILE}:{number})"
            )
            raise Wrong(Bad(file, max(1, line), why))
        del self._digests[:count]
        self._next = span.last + 1


def rows(folder: Path) -> Iterator[tuple[int, bytes, Span]]:
    """The tree's lines with their numbers, and what they say. Raises `Wrong` for a line that is none."""
    path = folder / FILE
    if not path.exists():
        return
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            if not line.endswith(b"\n"):
                return  # somebody is writing it, or was killed doing so
            try:
                yield number, line[:-1], decode(line)
            except (msgspec.MsgspecError, ValueError) as error:
                raise Wrong(Bad(FILE, number, "it is not a line of the tree")) from error


class Tree:
    """The tree as it lies in the folder. Raises `Wrong` for a line that is none."""

    def __init__(self, folder: Path) -> None:
        self.spans: dict[str, list[tuple[int, Span]]] = {}
        self.leaves: list[bytes] = []
        for number, line, found in rows(folder):
            self.spans.setdefault(found.writer, []).append((number, found))
            self.leaves.append(leaf(line))

    def coverage(self, writer: str) -> Coverage:
        return Coverage(writer, self.spans.get(writer, ()))

    def roots(self, sizes: Iterable[int]) -> dict[int, bytes]:
        wanted, tree = set(sizes), Growing()
        found = {0: EMPTY}
        for each in self.leaves:
            tree.add(each)
            if tree.size in wanted:
                found[tree.size] = tree.root()
        return found


class Signed(Struct, frozen=True):
    """The checkpoints of one file, their signatures checked. To be read before the tree, which may grow in the meantime."""

    file: str
    checkpoints: tuple[Checkpoint, ...] = ()

    @property
    def size(self) -> int:
        """How many leaves the largest one covers."""
        return max((each.size for each in self.checkpoints), default=0)


def signed_in(source: Path, known: Sequence[Verifier], *, whole: bool = True) -> Signed:
    """Raises `Wrong`. `whole`: all notes have to be of this log; a witness may have others', too."""
    if not source.exists() and whole:
        return Signed(source.name)
    try:
        rows = (note for note in notes_in(source) if whole or _ours(note, known))
        return Signed(source.name, tuple(checkpoint(opened(note, known)) for note in rows))
    except (OSError, ValueError) as error:
        raise Wrong(Bad(source.name, 0, str(error))) from error


def hold(tree: Tree, signed: Signed) -> None:
    """Every checkpoint against the tree. Raises `Wrong`."""
    roots = tree.roots(each.size for each in signed.checkpoints)
    for number, each in enumerate(signed.checkpoints, 1):
        _hold(each, number, roots, signed.file, len(tree.leaves))


def _hold(signed: Checkpoint, number: int, roots: dict[int, bytes], file: str, size: int) -> None:
    if signed.size not in roots:
        why = f"checkpoint {number} has {signed.size} leaves and the tree only {size}: its end is missing"
        raise Wrong(Bad(file, 0, why))
    if roots[signed.size] != signed.root:
        why = f"checkpoint {number}, of {signed.size} leaves, has another root: the log was rewritten"
        raise Wrong(Bad(file, 0, why))


def _ours(note: str, known: Sequence[Verifier]) -> bool:
    return any(f"— {key.name} " in note for key in known)
