"""Signed notes (c2sp.org/signed-note) and the checkpoints in them (c2sp.org/tlog-checkpoint).

<text, ends with a line break>
<empty line>
— <key name> <base64(key id ‖ signature)>
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from io import StringIO
from pathlib import Path
from typing import TextIO

from msgspec import Struct

DASH = "— "
ED25519 = 1
_NOTE = re.compile(r"((?:[^\n]+\n)+)\n((?:— [^\n]+\n)+)")
_NAME = re.compile(r"[^\s+]{1,200}")
LONGEST = 64 * 1024
"""Characters of a note."""
MOST = 100
"""Signatures of a note that are looked at."""


class NoteError(ValueError):
    """It is no note, or nobody known signed it."""


class Stranger(NoteError):
    """It is a note, and of none of those who are known."""


class Verifier(Struct, frozen=True):
    """A public key under its name."""

    name: str
    public: bytes

    @property
    def id(self) -> bytes:
        return key_id(self.name, self.public)

    def text(self) -> str:
        """The form in which such keys are handed around: name, id, type and key."""
        return f"{self.name}+{self.id.hex()}+{to_base64(bytes([ED25519]) + self.public)}"

    def verifies(self, signature: bytes, text: bytes) -> bool:
        from cryptography.exceptions import InvalidSignature  # noqa: PLC0415  heavy: only where something is verified
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey  # noqa: PLC0415

        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, text)
        except InvalidSignature:
            return False
        return True


class Signer:
    """A private key under its name."""

    def __init__(self, name: str, seed: bytes) -> None:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey  # noqa: PLC0415

        if _NAME.fullmatch(name) is None:
            raise ValueError("the name of a key has no spaces and no `+`")
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self.verifier = Verifier(name, self._key.public_key().public_bytes_raw())

    def sign(self, text: bytes) -> bytes:
        return self._key.sign(text)


class Checkpoint(Struct, frozen=True):
    """How large a log's tree was, and its root then."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        return f"{self.origin}\n{self.size}\n{to_base64(self.root)}\n"


def key_id(name: str, public: bytes) -> bytes:
    return hashlib.sha256(name.encode() + b"\n" + bytes([ED25519]) + public).digest()[:4]


def verifier(text: str) -> Verifier:
    """A public key from its text. `ValueError` when it is none."""
    name, _, rest = text.strip().partition("+")
    ident, _, coded = rest.partition("+")
    raw = from_base64(coded)
    if len(raw) != 33 or raw[0] != ED25519:
        raise NoteError("it is not the public key of a log: NAME+ID+KEY with an Ed25519 key")
    key = Verifier(name, raw[1:])
    if key.id.hex() != ident:
        raise NoteError("the id in the public key is not that of the key")
    return key


def signed(text: str, signers: Iterable[Signer]) -> str:
    """A note with the signatures of all of them."""
    lines = [
        f"{DASH}{each.verifier.name} {to_base64(each.verifier.id + each.sign(text.encode()))}\n" for each in signers
    ]
    return f"{text}\n{''.join(lines)}"


def opened(note: str, known: Sequence[Verifier]) -> str:
    """The text of a note that a known key signed. `Stranger` for a note of others, `NoteError` for any wrong signature of a
    known key.
    """
    match = _NOTE.fullmatch(note)
    if match is None or any(ord(c) < 0x20 and c != "\n" for c in note):
        raise NoteError("it is not a signed note")
    text, good = match[1], False
    for line in match[2].splitlines()[:MOST]:
        name, _, coded = line.removeprefix(DASH).rpartition(" ")
        raw = from_base64(coded)
        for key in known:
            if (key.name, key.id) == (name, raw[:4]):
                if not key.verifies(raw[4:], text.encode()):
                    raise NoteError(f"the signature of {name} is wrong")
                good = True
    if not good:
        raise Stranger("no key that is known here signed it")
    return text


def checkpoint(text: str) -> Checkpoint:
    """The text of a note as a checkpoint. Lines behind the third say nothing to us."""
    lines = text.split("\n")
    if len(lines) < 4 or not lines[0] or re.fullmatch(r"0|[1-9][0-9]{0,18}", lines[1]) is None:
        raise NoteError("it is not a checkpoint")
    root = from_base64(lines[2])
    if len(root) != 32:
        raise NoteError("its root is not 32 bytes")
    return Checkpoint(lines[0], int(lines[1]), root)


def notes(text: str) -> Iterator[str]:
    """Notes that stand one after the other. `NoteError` for what is not one between them."""
    return _cut(StringIO(text))


def notes_in(path: Path) -> Iterator[str]:
    """The same of a file, which is not read as a whole."""
    with path.open(encoding="utf-8", newline="\n") as file:
        yield from _cut(file)


def _cut(file: TextIO) -> Iterator[str]:
    held, signing, signed = "", False, False
    while line := file.readline(LONGEST):
        if signed and not line.startswith(DASH):
            yield _whole(held)
            held, signing, signed = "", False, False
        if held or line != "\n":
            held += line
            signed = signing and line.startswith(DASH)
            signing = signing or line == "\n"
        if len(held) > LONGEST:
            raise NoteError("there is something in it that is too long for a signed note")
    if held:
        yield _whole(held)


def _whole(note: str) -> str:
    if _NOTE.fullmatch(note) is None:
        raise NoteError("there is something in it that is not a signed note")
    return note


def to_base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def from_base64(text: str) -> bytes:
    """`NoteError` for what is none."""
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise NoteError("it is not base64") from error
