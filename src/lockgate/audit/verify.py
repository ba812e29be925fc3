"""Reads a whole log and says whether it is as it was written."""

import os
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from msgspec import Struct

from lockgate.audit.chain import ChainKey
from lockgate.audit.check_chain import Bad, ChainCheck, Wrong
from lockgate.audit.check_tree import Signed, Tree, hold, signed_in
from lockgate.audit.files import taken
from lockgate.audit.notary import HISTORY
from lockgate.audit.note import Verifier
from lockgate.audit.reading import Wanted
from lockgate.audit.reading import read as records
from lockgate.audit.segments import Segment, chunks, listed

YOUNG_SECONDS = 60.0
"""A log that began later need not have been signed yet."""


class Trust(Struct, frozen=True):
    """What the log is held against: keys of the chain, public keys of checkpoints, notes that a witness kept."""

    keys: Mapping[str, ChainKey]
    signers: Sequence[Verifier] = ()
    witness: Path | None = None


class Verdict(Struct, frozen=True):
    """What was read, and everything that is bad: of each chain the first line.

    `covered` records are in the signed tree; `signed` is how many of its leaves the last checkpoint has.
    """

    records: int
    size: int
    writers: int
    covered: int
    leaves: int
    signed: int
    bad: tuple[Bad, ...]


def verify(folder: Path, trust: Trust) -> Verdict:
    bad: list[Bad] = []
    records = size = covered = leaves = 0
    signed = 0
    try:
        notes = _notes(folder, trust)
        tree = Tree(folder)
        leaves, signed = len(tree.leaves), max(each.size for each in notes)
        for each in notes:
            hold(tree, each)
    except Wrong as wrong:
        bad.append(wrong.bad)
        tree = Tree(folder / "nowhere")
    found = listed(folder)
    for writer in sorted({*found, *tree.spans}):
        coverage = tree.coverage(writer)
        chain = ChainCheck(writer, trust.keys, coverage)
        try:
            size += read(chain, found.get(writer, ()), live=alive(folder, writer))
            coverage.end()
        except Wrong as wrong:
            bad.append(wrong.bad)
        records += chain.seq
        covered += coverage.reached
    return Verdict(records, size, len(found), covered, leaves, signed, tuple(bad))


def unsigned(folder: Path, verdict: Verdict, now: float) -> Bad | None:
    """A log of which nothing is signed, though there was time: who takes the checkpoints away could have cut it, too.

    A gateway signs within seconds, and at its end; one that was killed before is signed by its next start.
    """
    if verdict.bad or verdict.signed or any(alive(folder, writer) for writer in listed(folder)):
        return None
    first = next(records(folder, Wanted()), None)
    if first is None or now - datetime.fromisoformat(first.ts).timestamp() < YOUNG_SECONDS:
        return None
    why = "there are no checkpoints: they were removed, or no gateway has run since that could sign"
    return Bad(HISTORY, 0, f"{why}, in which case `lockgate audit checkpoint` does")


def read(chain: ChainCheck, segments: Iterable[Segment], *, live: bool) -> int:
    """Feeds all segments of one writer; the bytes that were read. Raises `Wrong`."""
    size = 0
    rows = list(segments)
    for number, segment in enumerate(rows):
        chain.begin(segment.path.name)
        try:
            for chunk in chunks(segment):
                size += len(chunk)
                chain.feed(chunk)
        except (OSError, ValueError) as error:
            raise Wrong(Bad(segment.path.name, 0, str(error))) from error
        chain.end(last=number == len(rows) - 1, live=live)
    return size


def alive(folder: Path, writer: str) -> bool:
    """Whether a process holds the writer's name."""
    path = folder / f"{writer}.lock"
    if not path.exists():
        return False
    try:
        lock = taken(path)
    except OSError:
        return False
    if lock is None:
        return True
    os.close(lock)
    return False


def _notes(folder: Path, trust: Trust) -> list[Signed]:
    """The log's own checkpoints, and those that the witness kept."""
    if not trust.signers:
        return [Signed(HISTORY)]
    notes = [signed_in(folder / HISTORY, trust.signers)]
    if trust.witness is not None:
        notes.append(signed_in(trust.witness, trust.signers, whole=False))
    return notes
