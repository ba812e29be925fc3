"""`keys list` says when a key was last used; the request that used it waited for nothing."""

import json
import time
from datetime import UTC, datetime
from pathlib import Path

from tests.e2e.process import Line, running

CONFIG = """\
version: 1
server: {drain_seconds: 1, workers: 2}
providers: {demo: {kind: demo}}
models: {demo: {targets: [{provider: demo}]}}
teams: {all: {models: ["*"]}}
"""


def test_the_list_shows_the_last_use_and_nothing_for_a_key_that_never_was(tmp_path: Path) -> None:
    with running(tmp_path, CONFIG) as gateway:
        used, unused = (
            json.loads(gateway.command("keys", "create", "--name", name, "--team", "all", "--json"))
            for name in ("used", "unused")
        )
        deadline = time.monotonic() + 5
        while Line(gateway, used["secret"]).ask("demo", "hi").status != 200:  # a new key is seen within half a second
            assert time.monotonic() < deadline
    listed = {row["name"]: row["last_used"] for row in json.loads(gateway.command("keys", "list", "--json"))}

    assert listed["unused"] is None
    age = datetime.now(UTC) - datetime.fromisoformat(listed["used"])
    assert 0 <= age.total_seconds() < 30
    assert listed["used"] in gateway.command("keys", "list")
    assert unused["id"] in gateway.command("keys", "list")
