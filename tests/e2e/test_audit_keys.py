"""A gateway that cannot sign its log does not start, says what can be done, and what it says helps."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.e2e import warm
from tests.e2e.process import Running, running
from tests.e2e.test_audit_log import stopped, verify

CONFIG = """\
version: 1
providers: {demo: {kind: demo}}
models: {demo: {targets: [{provider: demo}]}}
teams: {all: {models: ["*"]}}
keys: [{name: k, team: all, secret: {env: KEY}}]
audit: {checkpoint: 1s}
"""


def begun(tmp_path: Path) -> Running:
    """One that ran, and ended well."""
    with running(tmp_path, CONFIG) as gateway:
        stopped(gateway)
    return gateway


def started(gateway: Running) -> "subprocess.CompletedProcess[str]":
    options = ["--config", str(gateway.file), "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0"]
    return warm.run(["serve", *options], gateway.env)


def without(path: Path) -> None:
    path.unlink()


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-20])


@pytest.mark.parametrize("broken", [cut, without])
def test_without_its_keys_it_does_not_start_until_the_log_begins_anew(
    tmp_path: Path, broken: Callable[[Path], None]
) -> None:
    gateway = begun(tmp_path)
    public = (gateway.data / "audit-signing.pub").read_text()
    broken(gateway.data / "audit-signing.keys")

    done = started(gateway)

    assert done.returncode == 1
    assert "audit-signing.keys" in done.stderr
    assert "put " in done.stderr
    _, _, command = done.stderr.partition("keep this one: ")
    assert subprocess.run(command, shell=True, env=os.environ, check=False).returncode == 0

    with running(tmp_path, CONFIG) as again:
        assert verify(again)[0] == 0
        stopped(again)
    code, said = verify(again)
    assert (code, "checkpoints" in said) == (0, False), said
    old = warm.run(
        ["audit", "verify", str(gateway.data.with_name("data.old") / "audit"), "--public-key", public.strip()],
        gateway.env,
    )
    assert old.returncode == 0, old.stdout + old.stderr


def test_a_checkpoint_that_somebody_changed_is_for_verify_to_find(tmp_path: Path) -> None:
    gateway = begun(tmp_path)
    path = gateway.data / "audit" / "checkpoint"
    path.write_text(path.read_text().replace("\n1", "\n7", 1) + "x")

    with running(tmp_path, CONFIG) as again:
        stopped(again)
