"""Keys of the file at the admin listener: what ended for the workers has ended there, too."""

import json
import os
import secrets
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from lockgate.stores.key_file import admin_secret
from tests.e2e.process import Running, eventually, request, running

CONFIG = """\
version: 1
data: ./data
providers: {demo: {kind: demo}}
models: {demo: {targets: [{provider: demo}]}}
teams: {all: {models: ["*"]}}
keys:
  - {name: tester, team: all, roles: [auditor], secret: {env: KEY}}
"""
FROM_FILE = "  - {name: chief, team: all, roles: [auditor], secret: {file: chief.key}}\n"


@pytest.fixture
def chief(tmp_path: Path) -> str:
    secret = secrets.token_urlsafe(40)
    (tmp_path / "chief.key").write_text(secret)
    return secret


@pytest.fixture
def gateway(tmp_path: Path, chief: str) -> Iterator[Running]:
    admin_secret.create(tmp_path / "data")
    with running(tmp_path, CONFIG + FROM_FILE, "--admin", "0.0.0.0:0") as one:
        assert _status(one, chief) == 200
        yield one


def _status(gateway: Running, key: str) -> int:
    return request(gateway.admin, "GET", "/metrics", headers={"x-api-key": key}).status


def test_a_key_whose_secret_changed_opens_no_more(gateway: Running, chief: str) -> None:
    new = secrets.token_urlsafe(40)
    (gateway.folder / "chief.key").write_text(new)

    assert [_status(gateway, key) for key in (chief, new)] == [401, 200]


def test_who_cannot_be_checked_is_told_so_and_not_that_it_is_wrong(gateway: Running, chief: str) -> None:
    (gateway.data / "pepper").write_bytes(b"")

    answer = request(gateway.admin, "GET", "/metrics", headers={"x-api-key": chief})

    assert (answer.status, json.loads(answer.body)["code"]) == (503, "auth_unavailable")
    assert "cannot use" in gateway.stderr


def test_what_a_reload_calls_in_force_is_so_at_the_admin_listener_too(gateway: Running, chief: str) -> None:
    secret = admin_secret.replace(gateway.data)
    gateway.file.write_text(CONFIG)

    reply = request(gateway.admin, "POST", "/api/config/reload", headers={"x-api-key": secret.reveal()})

    assert (reply.status, _status(gateway, chief)) == (200, 401)


def test_a_process_that_takes_a_dead_one_s_place_knows_of_the_reload(gateway: Running, chief: str) -> None:
    (gateway.file).write_text(CONFIG)
    gateway.process.send_signal(signal.SIGHUP)
    eventually(lambda: _status(gateway, chief) == 401)

    (desk,) = set(gateway.children) - gateway.writers().keys()
    os.kill(desk, signal.SIGKILL)
    eventually(lambda: len(set(gateway.children) - {desk}) == 2)

    assert [_status(gateway, key) for key in (chief, gateway.key)] == [401, 200]
