"""D4: what a chain cannot say of itself, the signed tree says: a cut end, a log that was made anew; and the witness, a log
that was made anew with all of its keys.
"""

import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from lockgate.audit.chain import Chain, ChainKey
from lockgate.audit.notary import HISTORY, LATEST, Notary
from lockgate.audit.note import Signer, notes
from lockgate.audit.spans import FILE, LINES, Spans
from lockgate.audit.verify import Trust, Verdict, verify
from lockgate.core.sink import Record, Tail
from tests.unit.audit.test_verify import MUTATIONS

KEY = ChainKey("0123abcd", b"k" * 32)
SIGNER = Signer("lockgate.local/test", b"s" * 32)


class Log:
    """Two writers in turn, covered and signed after each round, and what a witness got."""

    def __init__(self, folder: Path, signer: Signer = SIGNER) -> None:
        self.folder = folder
        folder.mkdir(parents=True)
        self.kept: list[str] = []
        self.chains = {name: Chain(name, KEY, Tail()) for name in ("w0", "w1")}
        self.spans = {name: Spans(folder, name, 0.0) for name in self.chains}
        self.notary = Notary(folder, [signer], self.kept.append)

    def write(self, *, rounds: int = 3, records: int = 20, status: int = 200) -> None:
        for _ in range(rounds):
            for name, chain in self.chains.items():
                first = chain.seq + 1
                made = [Record(ts=1.0, kind="outcome", request_id=f"{name}-{n}", status=status) for n in range(records)]
                text, digests = chain.lines(made)
                with (self.folder / f"{name}-00000001.jsonl").open("ab") as file:
                    file.write(text)
                self.spans[name].add(first, digests)
                self.spans[name].flush(now=True)
            self.notary.tick()

    def witness(self, path: Path) -> Path:
        path.write_text("\n".join(self.kept))
        return path


@pytest.fixture
def log(tmp_path: Path) -> Log:
    log = Log(tmp_path / "audit")
    log.write()
    return log


def check(log: Log, *, signers: bool = True, witness: Path | None = None) -> Verdict:
    return verify(log.folder, Trust({KEY.id: KEY}, [SIGNER.verifier] if signers else [], witness))


def why(verdict: Verdict) -> str:
    return "; ".join(map(str, verdict.bad))


def test_a_whole_log_is_good_and_all_of_it_is_signed(log: Log) -> None:
    verdict = check(log, witness=log.witness(log.folder.parent / "kept"))

    assert verdict.bad == ()
    assert (verdict.records, verdict.covered, verdict.leaves, verdict.signed) == (120, 120, 6, 6)
    assert (log.folder / LATEST).read_text() == log.kept[-1]


def test_the_signed_part_is_proven_without_the_keys_of_the_chain(log: Log) -> None:
    trust = Trust({}, [SIGNER.verifier])
    assert verify(log.folder, trust).bad == ()

    path = log.folder / "w0-00000001.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"status":200', b'"status":500', 1))

    assert verify(log.folder, trust).bad


def cut_lines(log: Log) -> None:
    path = log.folder / "w1-00000001.jsonl"
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-3]))


def cut_file(log: Log) -> None:
    (log.folder / "w1-00000001.jsonl").unlink()


@pytest.mark.parametrize("cut", [cut_lines, cut_file])
def test_D4_a_cut_end_is_found_by_the_tree_and_not_without_it(log: Log, cut: Callable[[Log], None]) -> None:
    cut(log)
    assert "missing" in why(check(log))

    (log.folder / FILE).unlink()
    (log.folder / HISTORY).unlink()

    assert check(log).bad == ()


def test_D4_a_tree_that_was_cut_with_the_log_is_found_by_the_checkpoints_and_not_without_them(log: Log) -> None:
    cut_lines(log)
    tree = log.folder / FILE
    tree.write_bytes(b"".join(tree.read_bytes().splitlines(keepends=True)[:-1]))
    assert "its end is missing" in why(check(log))

    assert check(log, signers=False).bad == ()


def rewritten(log: Log, folder: Path, signer: Signer) -> Log:
    """The same log with other content, made by somebody who has the key of the chain."""
    shutil.rmtree(folder)
    forged = Log(folder, signer)
    forged.write(status=500)
    return forged


def test_D4_a_log_made_anew_is_found_by_its_checkpoints_and_not_without_them(log: Log) -> None:
    history = (log.folder / HISTORY).read_text()
    forged = rewritten(log, log.folder, Signer(SIGNER.verifier.name, b"x" * 32))
    assert "no key that is known" in why(check(forged))

    (log.folder / HISTORY).write_text(history)
    assert "another root" in why(check(forged))
    assert check(forged, signers=False).bad == ()


def test_D4_a_log_made_anew_with_all_keys_is_found_by_the_witness_and_not_without_it(log: Log, tmp_path: Path) -> None:
    witness = log.witness(tmp_path / "kept")
    forged = rewritten(log, log.folder, SIGNER)

    assert check(forged).bad == ()
    assert "another root" in why(check(forged, witness=witness))


def test_D4_an_end_cut_with_all_that_says_so_is_found_by_the_witness(log: Log, tmp_path: Path) -> None:
    witness = log.witness(tmp_path / "kept")
    for path, lines in ((log.folder / "w1-00000001.jsonl", 20), (log.folder / FILE, 1)):
        path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-lines]))
    rows = list(notes((log.folder / HISTORY).read_text()))
    (log.folder / HISTORY).write_text("\n".join(rows[:-1]))

    assert check(log).bad == ()
    assert "its end is missing" in why(check(log, witness=witness))


def test_D4_random_mutations_are_found_with_the_tree_too(log: Log) -> None:
    whole = {path: path.read_bytes() for path in log.folder.glob("*") if path.suffix != ".lock"}
    files = sorted(log.folder.glob("w*.jsonl"))
    dice, missed = random.Random(7), []
    for number in range(110):
        MUTATIONS[number % len(MUTATIONS)](dice, files)
        if not check(log).bad:
            missed.append(number)
        for path in log.folder.glob("w*.jsonl"):
            path.unlink()
        for path, content in whole.items():
            path.write_bytes(content)

    assert missed == []


@pytest.mark.parametrize("name", [FILE, HISTORY])
def test_D4_no_bit_of_the_tree_or_the_notes_can_be_flipped(log: Log, name: str) -> None:
    path = log.folder / name
    raw = path.read_bytes()
    dice = random.Random(name)
    for _ in range(60):
        flipped = bytearray(raw)
        flipped[dice.randrange(len(raw) - 1)] ^= 1 << dice.randrange(8)
        path.write_bytes(flipped)
        assert check(log).bad, bytes(flipped)


def test_the_notary_signs_nothing_that_contradicts_what_it_signed(log: Log) -> None:
    tree = log.folder / FILE
    lines = tree.read_bytes().splitlines(keepends=True)
    tree.write_bytes(b"".join([lines[1], lines[0], *lines[2:]]))

    second = Notary(log.folder, [SIGNER])
    second.tick()

    assert "contradicts" in second.problem
    assert len(list(notes((log.folder / HISTORY).read_text()))) == 3


def test_the_notary_notices_a_tree_that_is_cut_while_it_runs(log: Log) -> None:
    (log.folder / FILE).write_bytes(b"")

    log.notary.tick()

    assert "was cut" in log.notary.problem


def test_a_witness_that_is_away_gets_the_next_note(tmp_path: Path) -> None:
    log = Log(tmp_path / "audit")
    kept: list[str] = []

    def away(note: str) -> None:
        if not kept:
            kept.append("")
            raise OSError("away")
        kept.append(note)

    log.notary = Notary(log.folder, [SIGNER], away)
    log.write(rounds=1)
    log.notary.tick()

    assert kept[1:] == [(log.folder / LATEST).read_text()]


def test_K2_what_a_killed_writer_did_not_cover_its_next_start_does(tmp_path: Path) -> None:
    log = Log(tmp_path / "audit")
    log.write(rounds=1)
    text, _ = log.chains["w0"].lines(Record(ts=1.0, kind="intent", request_id="r") for _ in range(LINES + 50))
    path = log.folder / "w0-00000001.jsonl"
    path.write_bytes(path.read_bytes() + text)
    with (log.folder / FILE).open("ab") as tree:
        tree.write(b'{"writer":"w0","fi')

    log.spans["w0"] = Spans(log.folder, "w0", 0.0)
    log.write(rounds=1)

    verdict = check(log)
    assert (verdict.bad, verdict.covered, verdict.records) == ((), 80 + LINES + 50, 80 + LINES + 50)


@pytest.mark.parametrize("keep", [1, 20, 90, 100, 150, 200])
def test_K2_a_note_that_was_torn_is_cut_by_the_next_notary(log: Log, keep: int) -> None:
    history = log.folder / HISTORY
    raw = history.read_bytes()
    last = log.kept[-1].encode()
    history.write_bytes(raw[: -len(last) - 1] + last[: min(keep, len(last) - 1)])

    second = Notary(log.folder, [SIGNER])
    second.tick()

    assert second.problem == ""
    assert (check(log).bad, check(log).signed) == ((), 6)
