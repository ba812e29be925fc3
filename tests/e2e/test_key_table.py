"""The table of keys under two workers that serve: damaged, cut short, taken away, of other keys. Nobody is called unknown who is not."""

import json
import os
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


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("table"), CONFIG) as one:
        yield one


def status(gateway: Running, secret: str) -> int:
    return Line(gateway, secret).ask("demo", "hi").status


def made(gateway: Running, name: str) -> str:
    """A key that both workers know of, and that neither has looked up yet: another one made after it says so."""
    secrets = [
        json.loads(gateway.command("keys", "create", "--name", each, "--team", "all", "--json"))["secret"]
        for each in (name, f"after-{name}")
    ]
    eventually(lambda: [status(gateway, secrets[1]) for _ in range(8)] == [200] * 8)
    first: str = secrets[0]
    return first


def damage(table: Path) -> None:
    content = bytearray(table.read_bytes())
    start = table.stat().st_size - 1
    while start > 300:  # every block, and not the header, which is looked at when it is opened
        content[start] ^= 1
        start -= 40
    with table.open("r+b") as file:
        file.write(content)


def cut(table: Path) -> None:
    os.truncate(table, 120)


def take_away(table: Path) -> None:
    table.unlink()


def replace(table: Path) -> None:
    table.write_bytes(b"something else")


@pytest.mark.parametrize("harm", [damage, cut, take_away, replace], ids=lambda harm: harm.__name__)
def test_a_known_key_is_never_called_unknown(gateway: Running, harm: "type[object]") -> None:
    secret = made(gateway, harm.__name__.replace("_", "-"))

    harm(gateway.data / "keys.table")  # type: ignore[call-arg]
    seen = [status(gateway, secret) for _ in range(6)]
    stranger = {status(gateway, "lg-" + "x" * 49) for _ in range(6)}
    eventually(lambda: [status(gateway, secret) for _ in range(8)] == [200] * 8)
    eventually(lambda: {status(gateway, "lg-" + "y" * 49) for _ in range(8)} == {401})

    assert set(seen) <= {200, 503}
    assert (503 in seen) == (harm is not take_away)  # a file that is open stays whole
    assert stranger <= {401, 503}
    assert harm is take_away or "keys.table is made anew" in gateway.stderr
    assert len(set(gateway.children)) == 3  # none of them died of it
