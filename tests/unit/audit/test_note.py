"""Signed notes: what is signed is what stands there, and nobody else signed it."""

import base64
import hashlib
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from lockgate.audit.note import Checkpoint, NoteError, Signer, checkpoint, notes, notes_in, opened, signed, verifier

SEED, OTHER = b"s" * 32, b"o" * 32
NAME = "lockgate.local/0123456789ab"
CHECKPOINT = Checkpoint(NAME, 57, hashlib.sha256(b"root").digest())
NOTE = signed(CHECKPOINT.text(), [Signer(NAME, SEED)])
KNOWN = [Signer(NAME, SEED).verifier]


def test_a_note_is_byte_for_byte_what_the_format_says() -> None:
    key = Ed25519PrivateKey.from_private_bytes(SEED)
    public = key.public_key().public_bytes_raw()
    text = f"{NAME}\n57\n{base64.b64encode(CHECKPOINT.root).decode()}\n"
    ident = hashlib.sha256(NAME.encode() + b"\x0a\x01" + public).digest()[:4]

    expected = f"{text}\n\u2014 {NAME} {base64.b64encode(ident + key.sign(text.encode())).decode()}\n"

    assert expected == NOTE
    assert KNOWN[0].text() == f"{NAME}+{ident.hex()}+{base64.b64encode(bytes([1]) + public).decode()}"
    assert verifier(KNOWN[0].text()) == KNOWN[0]


def test_a_note_opens_with_its_key_and_with_no_other() -> None:
    assert checkpoint(opened(NOTE, KNOWN)) == CHECKPOINT
    with pytest.raises(NoteError, match="no key that is known"):
        opened(NOTE, [Signer(NAME, OTHER).verifier])
    with pytest.raises(NoteError, match="no key that is known"):
        opened(NOTE, [])


def test_an_old_and_a_new_key_sign_and_either_is_enough() -> None:
    both = [Signer(NAME, SEED), Signer(NAME, OTHER)]
    note = signed(CHECKPOINT.text(), both)

    for each in both:
        assert checkpoint(opened(note, [each.verifier])) == CHECKPOINT


def test_a_wrong_signature_of_a_known_key_spoils_the_note() -> None:
    both = [Signer(NAME, SEED), Signer(NAME, OTHER)]
    good, bad = (signed(f"{NAME}\n{size}\n{'A' * 43}=\n", both).splitlines(keepends=True) for size in (1, 2))
    note = "".join([*good[:-1], bad[-1]])

    with pytest.raises(NoteError, match="is wrong"):
        opened(note, [each.verifier for each in both])


@given(st.integers(0, len(NOTE) - 1), st.characters())
def test_D4_no_character_of_a_note_can_be_changed(at: int, character: str) -> None:
    changed = NOTE[:at] + character + NOTE[at + 1 :]
    if changed == NOTE:
        return
    try:
        found = checkpoint(opened(changed, KNOWN))
    except NoteError:
        return
    assert found == CHECKPOINT  # a digit of the base64 that carries no bit


@pytest.mark.parametrize(
    "text",
    ["", "a\n", f"{NAME}\n057\n{'A' * 43}=\n", f"{NAME}\n-1\n{'A' * 43}=\n", f"{NAME}\n1\nAAAA\n", f"{NAME}\n1\n?\n"],
)
def test_what_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(NoteError):
        checkpoint(text)


def test_notes_stand_one_after_the_other() -> None:
    assert list(notes(f"{NOTE}\n{NOTE}{NOTE}\n\n")) == [NOTE] * 3
    with pytest.raises(NoteError):
        list(notes(f"{NOTE}\nsomething\n"))
    with pytest.raises(NoteError):
        opened([*notes(f"{NOTE}\nsomething\n{NOTE}")][1], KNOWN)


@pytest.mark.parametrize("text", ["", "a+b", f"{NAME}+00000000+{'A' * 44}", f"{NAME}+zz+{'A' * 44}", "a+b+c+d"])
def test_what_is_no_public_key_is_refused(text: str) -> None:
    with pytest.raises(NoteError):
        verifier(text)


def test_notes_of_a_file_are_read_one_by_one(tmp_path: Path) -> None:
    """However many there are: the first is there before the last is looked at."""
    (tmp_path / "history").write_text(f"{NOTE}\n\n{NOTE}{'x' * 70_000}", encoding="utf-8")

    found = notes_in(tmp_path / "history")

    assert [next(found), next(found)] == [NOTE, NOTE]
    with pytest.raises(NoteError, match="too long"):
        next(found)
