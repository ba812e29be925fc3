"""`lockgate audit` beside `verify`: what an administrator did is in the log; it is shown, exported, proven."""

import csv
import io
import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e import warm
from tests.e2e.looking import Looking, config, looking
from tests.e2e.process import Running, running
from tests.e2e.test_audit_log import ask, stopped, verify
from tests.e2e.warm import COMMAND, ROOT


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("audited")


@pytest.fixture(scope="module")
def told(folder: Path) -> Iterator[tuple[Running, list[str]]]:
    """A gateway that was asked three times, used at the command line, and stopped; and the ids."""

    def found() -> Path:
        return folder / "data" / "audit"

    upstream: Looking
    with looking(found) as upstream, running(folder, config(upstream.port)) as gateway:
        ids = [ask(gateway).id for _ in range(3)]
        made = json.loads(gateway.command("keys", "create", "--name", "late", "--team", "all", "--json"))
        gateway.command("keys", "rotate", made["id"])
        gateway.command("keys", "revoke", made["id"])
        ids.append(made["secret"])
        stopped(gateway)
        yield gateway, ids


def failing(gateway: Running, *arguments: str) -> tuple[int, str]:
    done = warm.run([*arguments, "--config", str(gateway.file)], gateway.env)
    return done.returncode, done.stderr


def shown(gateway: Running, *filters: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in gateway.command("audit", "show", "--json", *filters).splitlines()]


def test_what_an_administrator_did_is_in_the_log_and_never_a_secret(told: tuple[Running, list[str]]) -> None:
    gateway, ids = told

    events = [line["event"] for line in shown(gateway, "--kind", "event")]

    assert [event for event in events if str(event).startswith("key_")] == ["key_created", "key_rotated", "key_revoked"]
    assert all(str(line["who"]).startswith("cli:") for line in shown(gateway, "--event", "key_created"))
    assert ids[-1] not in gateway.command("audit", "show", "--json")
    assert verify(gateway)[0] == 0


def test_show_finds_by_each_filter(told: tuple[Running, list[str]]) -> None:
    gateway, ids = told

    assert [line["kind"] for line in shown(gateway, "--request", ids[1])] == ["intent", "outcome"]
    assert len(shown(gateway, "--team", "all", "--kind", "outcome", "--status", "2xx", "--end", "complete")) == 3
    assert len(shown(gateway, "--key", "config:tester", "--model", "m", "--upstream", "up", "--status", "200")) == 3
    assert (
        shown(gateway, "--status", "503") == shown(gateway, "--until", "1h") == shown(gateway, "--team", "other") == []
    )
    assert [line["request_id"] for line in shown(gateway, "--kind", "outcome", "-n", "1")] == [ids[2]]
    plain = gateway.command("audit", "show", "--request", ids[0])
    assert len(plain.splitlines()) == 2
    assert ids[0] in plain


def test_export_is_the_lines_themselves_or_a_sheet(told: tuple[Running, list[str]]) -> None:
    gateway, ids = told

    lines = gateway.command("audit", "export", "--since", "1h").splitlines()
    rows = list(csv.DictReader(io.StringIO(gateway.command("audit", "export", "--format", "csv", "--kind", "outcome"))))

    assert len(lines) == sum(len(path.read_text().splitlines()) for path in (gateway.data / "audit").glob("*.jsonl"))
    assert [row["request_id"] for row in rows] == ids[:3]
    assert rows[0]["status"] == "200"


def test_a_record_is_proven_with_nothing_but_the_public_key(told: tuple[Running, list[str]], tmp_path: Path) -> None:
    gateway, ids = told
    proof = tmp_path / "one.tlog-proof"
    proof.write_text(gateway.command("audit", "prove", ids[1]))
    public = (gateway.data / "audit-signing.pub").read_text()

    record = json.loads(gateway.command("audit", "verify-proof", str(proof), "--public-key", public))

    assert (record["request_id"], record["kind"], record["status"]) == (ids[1], "outcome", 200)
    assert ids[0] not in proof.read_text()
    harmed = proof.read_text().replace("index ", "index 1", 1)
    proof.write_text(harmed)
    assert failing(gateway, "audit", "verify-proof", str(proof))[0] == 1
    assert failing(gateway, "audit", "verify-proof", f"{proof}-no", "--public-key", public)[0] == 2


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("audit", "prove", "nobody"), "there is no outcome"),
        (("audit", "show", "--since", "yesterday"), "is no time"),
        (("audit", "show", "--kind", "outcomes"), "kind is one of intent, further, outcome, event"),
        (("audit", "show", "--status", "5x"), "status is like 503 or 5xx"),
        (("audit", "export", "--format", "xml"), "jsonl or csv"),
        (("audit", "verify", "/nowhere/audit"), "no folder /nowhere/audit"),
        (("audit", "show", "/nowhere/audit"), "no log"),
    ],
)
def test_what_goes_wrong_is_said(told: tuple[Running, list[str]], arguments: tuple[str, ...], said: str) -> None:
    code, error = failing(told[0], *arguments)

    assert code in (1, 2)
    assert said in error


def test_a_gateway_with_damaged_keys_says_so_and_does_not_start(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "audit-chain.keys").write_text("[]")
    (tmp_path / "lockgate.yaml").write_text("version: 1\n")
    command = [*COMMAND, "serve", "--config", str(tmp_path / "lockgate.yaml"), "--listen", "127.0.0.1:0"]
    env = {**os.environ, "PYTHONPATH": str(ROOT / "src")}

    done = subprocess.run(
        [*command, "--admin", "127.0.0.1:0"], env=env, capture_output=True, text=True, check=False, timeout=30
    )

    assert (done.returncode, "holds no key" in done.stderr, "Traceback" in done.stderr) == (1, True, False)
