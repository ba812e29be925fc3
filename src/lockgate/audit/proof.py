"""A proof that a record is in the signed log, for somebody who has nothing but the log's public key (c2sp.org/tlog-proof).

The leaf is the span that the record's line is in. What leads from the line to the leaf stands in `extra`: the line, the span, and
the digests of the span's lines, which say nothing about them.
"""

from collections.abc import Sequence
from pathlib import Path

import msgspec
from msgspec import Struct

from lockgate.audit.chain import TAIL, digest
from lockgate.audit.check_chain import Wrong
from lockgate.audit.check_tree import rows
from lockgate.audit.notary import HISTORY
from lockgate.audit.note import NoteError, Verifier, checkpoint, from_base64, notes_in, opened, to_base64
from lockgate.audit.reading import Wanted, read
from lockgate.audit.spans import Span, lines_from
from lockgate.audit.spans import span as made_of
from lockgate.audit.tree import leaf, path, root_by

HEAD = "c2sp.org/tlog-proof@v1"


class Extra(Struct, frozen=True, forbid_unknown_fields=True):
    """`record` is the line up to its seal; `position` its place among the digests."""

    record: str
    position: int
    digests: tuple[str, ...]
    span: Span


class NoProof(Exception):
    """The text says why, for a person."""


def prove(folder: Path, request_id: str, kind: str) -> str:
    """The proof for the request's record of this kind. `NoProof`."""
    found = next(read(folder, Wanted(kind=kind, request_id=request_id)), None)
    if found is None:
        raise NoProof(f"there is no {kind} of a request {request_id!r}")
    number, span = _place(folder, found.writer, found.seq)
    size, note = _note(folder, number)
    digests = [digest(line[:-TAIL]) for line in lines_from(folder, found.writer, span.first, span.last)]
    if made_of(found.writer, span.first, digests) != span:
        raise NoProof("the lines are not those that were signed: run `lockgate audit verify`")
    extra = Extra(found.line[:-TAIL].decode(), found.seq - span.first, tuple(each.hex() for each in digests), span)
    steps = _path(folder, number, size)
    lines = [HEAD, f"extra {to_base64(msgspec.json.encode(extra))}", f"index {number - 1}", *map(to_base64, steps)]
    return "\n".join(lines) + f"\n\n{note}"


def proven(text: str, known: Sequence[Verifier]) -> str:
    """The record that the proof is for, as JSON. `ValueError` when it proves nothing."""
    top, _, note = text.partition("\n\n")
    lines = top.split("\n")
    if len(lines) < 3 or lines[0] != HEAD or not lines[1].startswith("extra ") or not lines[2].startswith("index "):
        raise NoteError("it is not a proof of a record")
    try:
        extra = msgspec.json.decode(from_base64(lines[1].removeprefix("extra ")), type=Extra)
        index = int(lines[2].removeprefix("index "))
        digests = [bytes.fromhex(each) for each in extra.digests]
    except (msgspec.MsgspecError, ValueError) as error:
        raise NoteError("it is not a proof of a record") from error
    if not 0 <= extra.position < len(digests) or digest(extra.record.encode()) != digests[extra.position]:
        raise NoteError("the record is not the one that was signed")
    if made_of(extra.span.writer, extra.span.first, digests) != extra.span:
        raise NoteError("the lines around the record are not those that were signed")
    signed = checkpoint(opened(note, known))
    entry = leaf(msgspec.json.encode(extra.span))
    if root_by(index, signed.size, entry, [from_base64(line) for line in lines[3:]]) != signed.root:
        raise NoteError("the path does not lead to the root that was signed")
    return extra.record + "}"


def _place(folder: Path, writer: str, seq: int) -> tuple[int, Span]:
    """The line of the tree that the record is under. The tree is read and not kept: it may be long."""
    try:
        for number, _, span in rows(folder):
            if span.writer == writer and span.first <= seq <= span.last:
                return number, span
    except Wrong as wrong:
        raise NoProof(str(wrong.bad)) from wrong
    raise NoProof("the record is not in the signed tree yet: it will be within `audit.checkpoint`")


def _path(folder: Path, number: int, size: int) -> list[bytes]:
    try:
        return path(number - 1, size, (leaf(line) for _, line, _ in rows(folder)))
    except Wrong as wrong:
        raise NoProof(str(wrong.bad)) from wrong
    except ValueError as error:
        raise NoProof("the tree is shorter than what was signed: run `lockgate audit verify`") from error


def _note(folder: Path, number: int) -> tuple[int, str]:
    """The first checkpoint that has so many leaves."""
    history = folder / HISTORY
    for note in notes_in(history) if history.exists() else ():
        size = checkpoint(note.partition("\n\n")[0] + "\n").size
        if size >= number:
            return size, note
    raise NoProof(
        "the record is not signed yet: it will be within `audit.checkpoint`, or by `lockgate audit checkpoint`"
    )
