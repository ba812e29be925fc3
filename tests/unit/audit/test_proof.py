"""A proof of one record: nothing of it can be changed, and it shows no other record."""

import base64
import random
from pathlib import Path

import pytest

from lockgate.audit.note import NoteError
from lockgate.audit.proof import NoProof, prove, proven
from tests.unit.audit.test_tree_verify import SIGNER, Log


@pytest.fixture
def log(tmp_path: Path) -> Log:
    log = Log(tmp_path / "audit")
    log.write(rounds=5)
    return log


@pytest.mark.parametrize("writer", ["w0", "w1"])
def test_every_record_can_be_proven(log: Log, writer: str) -> None:
    for number in (0, 7, 19):
        proof = prove(log.folder, f"{writer}-{number}", "outcome")

        assert f'"request_id":"{writer}-{number}"' in proven(proof, [SIGNER.verifier])


def test_D4_no_byte_of_a_proof_can_be_changed(log: Log) -> None:
    proof = prove(log.folder, "w0-3", "outcome")
    record = proven(proof, [SIGNER.verifier])
    dice = random.Random(3)
    for _ in range(300):
        raw = bytearray(proof.encode())
        raw[dice.randrange(len(raw))] ^= 1 << dice.randrange(7)
        try:
            assert proven(raw.decode("utf-8", "replace"), [SIGNER.verifier]) == record
        except NoteError:
            continue


def test_a_proof_shows_its_record_and_no_other(log: Log) -> None:
    proof = prove(log.folder, "w0-3", "outcome")
    extra = base64.b64decode(proof.split("\n")[1].removeprefix("extra "))

    assert b"w0-3" in extra
    assert b"w0-4" not in extra


def test_what_is_not_there_or_not_signed_has_no_proof(log: Log) -> None:
    with pytest.raises(NoProof, match="there is no intent"):
        prove(log.folder, "w0-3", "intent")
    (log.folder / "checkpoints").unlink()
    with pytest.raises(NoProof, match="not signed yet"):
        prove(log.folder, "w0-3", "outcome")


@pytest.mark.parametrize(
    "text", ["", "c2sp.org/tlog-proof@v1\n", "c2sp.org/tlog-proof@v1\nextra AA==\nindex 0\n\nx\n1\ny\n"]
)
def test_what_is_no_proof_is_refused(text: str) -> None:
    with pytest.raises(NoteError):
        proven(text, [SIGNER.verifier])
