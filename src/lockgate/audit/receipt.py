"""Receipts: what was asked and what was answered, signed by the log, for a client that keeps both bodies.

    lockgate receipt v1              the rest are names and values; hashes are SHA-256 in hexadecimal
    log …                            the log's name, which its key has too
    …

It is a signed note, made from the outcome's record alone: the one that came with the answer and the one that `lockgate audit receipt`
makes later are the same. Its first line is no checkpoint's, so one is never taken for the other.
"""

import asyncio
import base64
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from lockgate.audit.chain import Dates
from lockgate.audit.note import NoteError, Signer, Verifier, opened, signed
from lockgate.audit.signing import signers
from lockgate.core.sink import Record

TITLE = "lockgate receipt v1"
NAMES = ("log", "request", "time", "model", "upstream", "status", "end", "policy", "asked", "answered")


class Receipt(Struct, frozen=True):
    """`asked` and `answered` are the hashes of the client's body and of the one that it got."""

    log: str
    request: str
    time: str
    model: str
    upstream: str
    status: str
    end: str
    policy: str
    asked: str
    answered: str

    def text(self) -> str:
        return f"{TITLE}\n" + "".join(f"{name} {getattr(self, name)}\n" for name in NAMES)


class Receipts:
    """Signs as the log does. The keys are read at the first receipt."""

    def __init__(self, data: Path) -> None:
        self._data = data
        self._signers: Sequence[Signer] = ()

    async def receipt(self, record: Record) -> bytes:
        if not self._signers:
            self._signers = await asyncio.to_thread(signers, self._data)
        fields: dict[str, Any] = msgspec.to_builtins(record)
        note = made({**fields, "ts": Dates().text(record.ts).decode()}, self._signers)
        return base64.b64encode(note.encode())


def made(record: Mapping[str, Any], keys: Sequence[Signer]) -> str:
    """The receipt of an outcome, as its line in the log has it. `ValueError` for a record without hashes."""
    hashes = record.get("hashes")
    if not hashes:
        raise ValueError("nothing was hashed for this request: it asked for no receipt, and `audit.hashes` is off")
    receipt = Receipt(
        keys[-1].verifier.name,
        record["request_id"],
        record["ts"],
        _word(record["model"]),
        _word(record["upstream"]),
        str(record["status"]),
        record["end"],
        hashes["policy"],
        hashes["request"],
        hashes["response"],
    )
    return signed(receipt.text(), keys)


def checked(text: str, known: Sequence[Verifier]) -> Receipt:
    """The receipt in a note, or in a header's value. `ValueError` when it is none, or nobody known signed it."""
    if not text.startswith(TITLE):
        try:
            text = base64.b64decode(text.strip(), validate=True).decode()
        except ValueError as error:
            raise NoteError("it is not a receipt") from error
    title, *lines = opened(text, known).splitlines()
    pairs = [line.partition(" ")[::2] for line in lines]
    if title != TITLE or tuple(name for name, _ in pairs) != NAMES:
        raise NoteError("it is not a receipt")
    return Receipt(*(value for _, value in pairs))


def _word(name: str) -> str:
    """A name on one line, whatever it is made of; `-` for none."""
    return "".join(c if "!" <= c <= "~" else "?" for c in name) or "-"
