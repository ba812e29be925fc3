"""U16: names that do not resolve, are late, change, or lead where nobody may go, with a name server of our own."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.names import NXDOMAIN, SERVFAIL, NameServer, name_server
from tests.faults.rig import Rig, errors, rig, well

HOSTS = ("nx", "servfail", "silent", "inner", "metadata", "good", "moves")
MORE = "".join(
    f'  {name}: {{kind: openai_compatible, base_url: "http://{name}.example:PORT/v1", timeouts: {{connect: 500ms}},'
    f" health: {{failures: 1000}}, allow_private: {str(name in ('good', 'moves', 'metadata')).lower()}}}\n"
    for name in HOSTS
)
MODELS = "".join(
    f"  {name}: {{targets: [{{provider: {name}, model: faulty-ok}}], retry: {{attempts: 1}}}}\n"
    f"  {name}+: {{targets: [{{provider: {name}, model: faulty-ok}}, {{provider: well-anthropic, model: faulty-ok}}]}}\n"
    for name in HOSTS
)


@pytest.fixture(scope="module")
def names(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[NameServer, Rig]]:
    folder: Path = tmp_path_factory.mktemp("names")
    with (
        name_server(folder) as (server, within),
        rig(folder, {}, more=f"{MORE}---\n{MODELS}", within=within) as running,
    ):
        server.names = {
            "nx.example": NXDOMAIN,
            "servfail.example": SERVFAIL,
            "silent.example": None,
            "inner.example": "127.0.0.1",
            "metadata.example": "169.254.169.254",
            "good.example": "127.0.0.1",
            "moves.example": "127.0.0.1",
        }
        yield server, running


@pytest.mark.parametrize("host", ["nx", "servfail"])
def test_U16_a_name_that_does_not_resolve(names: tuple[NameServer, Rig], host: str) -> None:
    server, running = names

    alone, told = running.ask(host), running.ask(f"{host}+")

    assert (alone.status, errors(alone)) == (502, "upstream_unreachable")
    assert well(told, "openai")
    assert f"{host}.example" in server.asked
    assert host.encode() not in alone.body


def test_U16_a_name_server_that_is_silent_is_not_waited_for(names: tuple[NameServer, Rig]) -> None:
    _, running = names
    begun = time.monotonic()

    assert well(running.ask("silent+"), "openai")
    assert time.monotonic() - begun < 1.5


@pytest.mark.parametrize("host", ["inner", "metadata"])
def test_U16_S30_a_name_that_leads_inside(names: tuple[NameServer, Rig], host: str) -> None:
    """Metadata is never called, whatever is allowed."""
    _, running = names

    told = running.ask(host)

    assert (told.status, errors(told)) == (502, "upstream_unreachable")
    assert not running.upstream.seen(told.id)


def test_U16_a_name_that_was_good_is_used_while_nobody_answers(names: tuple[NameServer, Rig]) -> None:
    server, running = names
    assert well(running.ask("good"), "openai")
    server.names["good.example"] = SERVFAIL

    assert well(running.ask("good"), "openai")


def test_U16_rebinding_changes_nothing_for_who_is_connected(names: tuple[NameServer, Rig]) -> None:
    server, running = names
    assert well(running.ask("moves"), "openai")
    server.names["moves.example"] = "169.254.169.254"

    assert well(running.ask("moves"), "openai")
