"""A place of secrets that does not answer while the gateway runs: nobody waits for it, at the end least of all."""

import os
import signal
import time
from pathlib import Path

from tests.e2e.process import eventually, request, running

CONFIG = """\
version: 1
server: {drain_seconds: 5}
data: ./data
audit: {patience: 5s}
providers: {demo: {kind: demo}}
models: {demo: {targets: [{provider: demo}]}}
teams: {all: {models: ["*"]}}
keys:
  - {name: tester, team: all, secret: {env: KEY}}
  - {name: filed, team: all, secret: {file: filed.key}}
  - {name: told, team: all, secret: {exec: [sh, told.sh]}}
"""
COMMAND = "test -e slow && echo $$ > running && touch running.$$ && exec sleep 60\necho x8RfQ2LmN4pT6vW0yB3dG5hJ7kM9nP1r-told\n"


def test_a_command_that_does_not_end_holds_up_neither_revocations_nor_the_end(tmp_path: Path) -> None:
    (tmp_path / "told.sh").write_text(COMMAND)
    (tmp_path / "filed.key").write_text("x8RfQ2LmN4pT6vW0yB3dG5hJ7kM9nP1r-one")
    with running(tmp_path, CONFIG) as gateway:
        made = gateway.command("keys", "create", "--name", "brief", "--team", "all", "--json")
        key_id, secret = (made.split(f'"{name}":"')[1].split('"')[0] for name in ("id", "secret"))
        headers = {"authorization": f"Bearer {secret}"}
        eventually(lambda: request(gateway.url, "GET", "/v1/models", headers=headers).status == 200)
        (tmp_path / "slow").touch()
        (tmp_path / "filed.key").write_text("x8RfQ2LmN4pT6vW0yB3dG5hJ7kM9nP1r-other")
        pid = eventually(lambda: (tmp_path / "running").exists() and (tmp_path / "running").read_text().strip())

        gateway.command("keys", "revoke", key_id)
        eventually(lambda: request(gateway.url, "GET", "/v1/models", headers=headers).status == 401)
        os.kill(gateway.process.pid, signal.SIGHUP)  # the admin process reads all of it, too
        eventually(lambda: len(list(tmp_path.glob("running.*"))) > 1)
        assert request(gateway.admin, "GET", "/api/config").status == 200
        assert Path(f"/proc/{pid}").exists()  # still at it, so nobody waited
        began = time.monotonic()
        gateway.process.terminate()
        gateway.process.wait(7)

        assert time.monotonic() - began < 7  # a command may take ten
        eventually(lambda: not Path(f"/proc/{pid}").exists())
