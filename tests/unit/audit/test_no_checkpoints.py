"""D4: without its checkpoints nobody knows whether a log was cut, and `verify` does not call it good."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from lockgate.app.cli import application
from lockgate.audit.files import locked
from lockgate.audit.notary import HISTORY, LATEST
from lockgate.audit.spans import FILE
from lockgate.audit.verify import YOUNG_SECONDS, unsigned
from tests.unit.audit.test_tree_verify import SIGNER, Log, check


@pytest.fixture
def log(tmp_path: Path) -> Log:
    log = Log(tmp_path / "audit")
    log.write()
    return log


def said(log: Log) -> tuple[int, str]:
    """The command's word on a log of 1970."""
    done = CliRunner().invoke(
        application(["audit"]), ["audit", "verify", str(log.folder), "--public-key", SIGNER.verifier.text()]
    )
    return done.exit_code, done.output


@pytest.mark.parametrize("also", [(), (FILE,), (FILE, "w0-00000001.jsonl")])
def test_D4_a_log_whose_checkpoints_are_gone_is_not_good(log: Log, also: tuple[str, ...]) -> None:
    assert said(log)[0] == 0
    for name in (HISTORY, LATEST, *also):
        (log.folder / name).unlink()

    assert check(log).bad == ()  # what is left holds together
    code, text = said(log)
    assert code == 1
    assert "checkpoints: there are no checkpoints" in text


def test_a_log_that_has_just_begun_or_is_being_written_need_not_be_signed(log: Log) -> None:
    for name in (HISTORY, LATEST):
        (log.folder / name).unlink()

    assert unsigned(log.folder, check(log), 1.0 + YOUNG_SECONDS - 1) is None
    assert unsigned(log.folder, check(log), 1.0 + YOUNG_SECONDS) is not None
    with locked(log.folder / "w1.lock"):
        assert unsigned(log.folder, check(log), 1e9) is None
