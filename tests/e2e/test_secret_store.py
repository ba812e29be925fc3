"""The encrypted store from the command line, and a gateway that runs on it while secrets and keys change: no request fails."""

import os
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from lockgate.stores.secret_file import new_key
from tests.e2e.keyed import Keyed, keyed
from tests.e2e.process import Line, eventually, request, running
from tests.e2e.warm import COMMAND, ROOT

CONFIG = """\
version: 1
server: {{drain_seconds: 5, workers: 2}}
data: ./data
audit: {{patience: 30s}}
secrets: {secrets}
providers: {{up: {{kind: openai_compatible, base_url: "http://127.0.0.1:{port}/v1", api_key: {{store: up}}}}}}
models: {{m: {{targets: [{{provider: up}}]}}}}
teams: {{all: {{models: ["*"]}}}}
keys: [{{name: tester, team: all, secret: {{env: KEY}}}}]
"""


@pytest.fixture
def upstream() -> Iterator[Keyed]:
    with keyed() as server:
        yield server


def command(folder: Path, *words: str, given: str = "") -> str:
    line = [*COMMAND, "secrets", *words, "--config", str(folder / "lockgate.yaml")]
    env = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    return subprocess.run(line, input=given, capture_output=True, text=True, check=True, timeout=30, env=env).stdout


def replaced(file: Path, text: str) -> None:
    """In one step, as who changes a file that others read has to."""
    fresh = file.with_suffix(".new")
    fresh.write_text(text)
    fresh.replace(file)


@pytest.mark.parametrize("own", [True, False], ids=["own key", "configured key"])
def test_secrets_and_keys_change_under_load_without_an_error(tmp_path: Path, upstream: Keyed, *, own: bool) -> None:
    keys = upstream.keys
    first, second = new_key(), new_key()
    (tmp_path / "kek").write_text(first)
    config = CONFIG.format(port=upstream.server_port, secrets="{}" if own else "{key: {file: kek}}")
    (tmp_path / "lockgate.yaml").write_text(config)
    command(tmp_path, "set", "up", given="upstream-secret-one")
    stop, statuses = threading.Event(), list[int]()
    with running(tmp_path, config) as gateway:

        def ask() -> None:
            line = Line(gateway)
            while not stop.is_set():
                statuses.append(line.ask("m", "hi").status)

        threads = [threading.Thread(target=ask) for _ in range(3)]
        for thread in threads:
            thread.start()
        eventually(lambda: "upstream-secret-one" in keys)
        under = (tmp_path / "data/secrets.json").read_text()

        if not own:
            replaced(tmp_path / "kek", f"{second},{first}")
        command(tmp_path, "rotate")
        if not own:
            replaced(tmp_path / "kek", second)
        command(tmp_path, "set", "up", given="upstream-secret-two")
        eventually(lambda: set(keys[-20:]) == {"upstream-secret-two"})
        stop.set()
        for thread in threads:
            thread.join()

        assert set(statuses) == {200}
        assert "secrets stay" not in gateway.stderr
        assert "upstream-secret" not in gateway.stderr
    assert (tmp_path / "data/secrets.json").read_text() != under
    assert set(keys) == {"upstream-secret-one", "upstream-secret-two"}


def test_the_admin_secret_is_rotated_while_the_gateway_runs(tmp_path: Path) -> None:
    config = CONFIG.format(port=1, secrets="{}").replace("{store: up}", "{env: KEY}")
    (tmp_path / "lockgate.yaml").write_text(config)
    old = command(tmp_path, "rotate-admin").split()[2]
    with running(tmp_path, config, "--admin", "0.0.0.0:0") as gateway:

        def status(secret: str) -> int:
            address = "http://127.0.0.1:" + gateway.admin.rpartition(":")[2]
            return request(address, "GET", "/metrics", headers={"authorization": f"Bearer {secret}"}).status

        before = status(old)
        new = command(tmp_path, "rotate-admin").split()[2]

        assert (before, status(old), status(new)) == (200, 401, 200)
