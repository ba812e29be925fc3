"""Signs how far the tree of all writers reaches, again and again, and hands the notes to a witness."""

import logging
import os
import re
from collections.abc import Callable, Sequence
from pathlib import Path

from lockgate.audit.files import locked, write_whole
from lockgate.audit.note import Checkpoint, NoteError, Signer, Stranger, checkpoint, notes, opened, signed
from lockgate.audit.signing import FILE as KEYS
from lockgate.audit.spans import FILE
from lockgate.audit.tree import Growing, leaf

log = logging.getLogger("lockgate.audit")

HISTORY = "checkpoints"
LATEST = "checkpoint"
LOCK = "notary.lock"
_ENTRY = re.compile(rb".+?\n\n.+?\n\n", re.DOTALL)
"""A note, its empty line inside, and the one behind it."""

Witness = Callable[[str], None]
"""Takes a note. Raises `OSError` when it cannot be reached: then the next note goes there."""


def acquainted(folder: Path, signers: Sequence[Signer]) -> None:
    """`ValueError` when the latest checkpoint is of other keys: with these, nothing more could be signed there."""
    path = folder / LATEST
    try:
        opened(path.read_text(), [signer.verifier for signer in signers])
    except Stranger as error:
        raise ValueError(
            f"{path} was signed by other keys than those in {KEYS}: put that file back from a backup"
        ) from error
    except (OSError, ValueError):
        return  # none, or one that somebody changed: that is for `verify` to find


class Notary:
    """One per log: `tick` is called in a thread, never twice at once. It blocks, and never raises.

    It signs nothing that contradicts what it signed before: a tree that was cut or rewritten stays unsigned, and is complained
    of, until somebody who looked into it starts a new log.
    """

    def __init__(self, folder: Path, signers: Sequence[Signer], witness: Witness | None = None) -> None:
        self._folder = folder
        self._signers = signers
        self._witness = witness
        self._tree = Growing()
        self._read = 0
        self._signed = -1
        self._unseen = ""
        self._inode = 0
        self.problem = ""

    def tick(self) -> None:
        try:
            with locked(self._folder / LOCK):
                self._advance()
        except (OSError, ValueError) as error:
            if str(error) != self.problem:
                log.warning("no checkpoint is signed: %s", error)
            self.problem = str(error)
        else:
            self.problem = ""
        self._ship()

    def _advance(self) -> None:
        path = self._folder / FILE
        if not path.exists():
            if self._signed > 0:
                raise ValueError(f"{path} is gone")
            return
        self._take(path)
        if self._signed < 0:
            self._agree()
        if self._tree.size > self._signed:
            self._sign()

    def _take(self, path: Path) -> None:
        """The lines that came since the last time."""
        with path.open("rb") as file:
            there = os.fstat(file.fileno())
            if there.st_size < self._read or (self._inode and there.st_ino != self._inode):
                raise ValueError(f"{path} was cut or replaced")
            self._inode = there.st_ino
            file.seek(self._read)
            for line in file:
                if not line.endswith(b"\n"):
                    break  # somebody is writing it
                self._tree.add(leaf(line[:-1]))
                self._read += len(line)

    def _agree(self) -> None:
        """At the start: the tree still has the root that was signed last."""
        history = self._folder / HISTORY
        known = [signer.verifier for signer in self._signers]
        rows = _whole(history) if history.exists() else []
        if not rows:
            self._signed = 0
            return
        latest = checkpoint(opened(rows[-1], known))
        tree = Growing()
        with (self._folder / FILE).open("rb") as file:
            for line, _ in zip(file, range(latest.size), strict=False):
                tree.add(leaf(line[:-1]))
        if (tree.size, tree.root()) != (latest.size, latest.root):
            raise NoteError("the tree contradicts the last checkpoint: run `lockgate audit verify`")
        self._signed = latest.size

    def _sign(self) -> None:
        origin = self._signers[-1].verifier.name
        note = signed(Checkpoint(origin, self._tree.size, self._tree.root()).text(), self._signers)
        handle = os.open(self._folder / HISTORY, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        try:
            os.write(handle, note.encode() + b"\n")
            os.fdatasync(handle)
        finally:
            os.close(handle)
        write_whole(self._folder / LATEST, note.encode())
        self._signed = self._tree.size
        self._unseen = note

    def _ship(self) -> None:
        if self._witness is None or not self._unseen:
            return
        try:
            self._witness(self._unseen)
        except OSError as error:
            log.warning("the witness did not take the checkpoint: %s", error)
        else:
            self._unseen = ""


def _whole(history: Path) -> list[str]:
    """All notes. What a crash left of the last one is cut off: it was never signed to its end."""
    raw, end = history.read_bytes(), 0
    rows: list[str] = []
    while entry := _ENTRY.match(raw, end):
        rows += notes(entry[0].decode())
        end = entry.end()
    if end < len(raw):
        log.warning("%s: its end was torn, and is cut", history)
        with history.open("r+b") as file:
            file.truncate(end)
    return rows
