"""A new pepper while two workers serve: no request of a key that was there is refused, and the end comes when it is told."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.process import Line, Running, eventually, running

CONFIG = """\
version: 1
audit: {patience: 5s}
server: {drain_seconds: 1, workers: 2}
providers: {demo: {kind: demo}}
models: {demo: {targets: [{provider: demo}]}}
teams: {all: {models: ["*"]}}
"""


@pytest.fixture
def gateway(tmp_path: Path) -> Iterator[Running]:
    with running(tmp_path, CONFIG) as one:
        yield one


def made(gateway: Running, *words: str) -> dict[str, str]:
    issued: dict[str, str] = json.loads(gateway.command("keys", *words, "--json"))
    return issued


def status(gateway: Running, key: dict[str, str]) -> int:
    """On a connection of its own: either worker may have it."""
    return Line(gateway, key["secret"]).ask("demo", "hi").status


def under(gateway: Running) -> dict[str, str]:
    return {row["id"]: row["pepper"] for row in json.loads(gateway.command("keys", "list", "--json"))}


def test_no_key_notices_a_new_pepper(gateway: Running) -> None:
    old = made(gateway, "create", "--name", "old", "--team", "all")
    eventually(lambda: [status(gateway, old) for _ in range(6)] == [200] * 6)

    gateway.command("keys", "pepper", "rotate")
    new = made(gateway, "create", "--name", "new", "--team", "all")
    seen = {status(gateway, old) for _ in range(30)}
    eventually(lambda: [status(gateway, new) for _ in range(6)] == [200] * 6)
    seen |= {status(gateway, old) for _ in range(10)}

    assert seen == {200}
    assert under(gateway) == {old["id"]: "previous", new["id"]: "current"}
    assert "previous" in gateway.command("keys", "list")
    with pytest.raises(subprocess.CalledProcessError) as refused:
        gateway.command("keys", "pepper", "retire")
    assert old["id"] in refused.value.stderr

    later = made(gateway, "rotate", old["id"], "--overlap", "1h")
    gateway.command("keys", "pepper", "retire", "--force")

    eventually(lambda: [status(gateway, later) for _ in range(6)] == [200] * 6)
    eventually(lambda: [status(gateway, old) for _ in range(6)] == [401] * 6)
    assert status(gateway, new) == 200
    assert [event["event"] for event in gateway.events() if "pepper" in event["event"]] == [
        "pepper_rotated",
        "pepper_retired",
    ]


def test_a_pepper_that_was_lost_while_keys_are_used_stops_nobody(gateway: Running) -> None:
    old = made(gateway, "create", "--name", "old", "--team", "all")
    eventually(lambda: [status(gateway, old) for _ in range(6)] == [200] * 6)

    (gateway.data / "pepper").unlink()
    made_anew = gateway.process.poll()

    eventually(lambda: "the pepper stays as it was" in gateway.stderr)
    assert made_anew is None
    assert {status(gateway, old) for _ in range(6)} == {200}
    assert not (gateway.data / "pepper").exists()
