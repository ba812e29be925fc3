"""`lockgate secrets`, in this process: what it stores, what it refuses, and that it never shows a value."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from lockgate.app.cli import application
from lockgate.app.load import load
from lockgate.stores.secret_file import new_key

CONFIG = """\
version: 1
providers: {up: {kind: openai, api_key: {store: up}}}
"""
CANARY = "canary-secret-0123456789"


def run(folder: Path, *words: str, given: str = "", config: str = CONFIG) -> Result:
    (folder / "lockgate.yaml").write_text(config)
    line = ["secrets", *words, "--config", str(folder / "lockgate.yaml")]
    return CliRunner().invoke(application(["secrets"]), line, input=given)


def test_set_list_delete(tmp_path: Path) -> None:
    said = run(tmp_path, "set", "up", given=CANARY + "\n")
    listed, table = run(tmp_path, "list", "--json"), run(tmp_path, "list")
    loaded = load(tmp_path / "lockgate.yaml", {})
    deleted, again = run(tmp_path, "delete", "up"), run(tmp_path, "delete", "up")

    assert [row["name"] for row in json.loads(listed.output)] == ["up"]
    assert "{store: up}" in said.output
    assert "up " in table.output
    assert CANARY not in said.output + listed.output + table.output + deleted.output
    assert [secret.reveal() for secret in loaded.secrets.values()] == [CANARY]
    assert (again.exit_code, "there is no secret named 'up'" in again.output) == (1, True)
    assert json.loads(run(tmp_path, "list", "--json").output) == []


@pytest.mark.parametrize(("name", "given"), [("up", ""), ("up", "\n"), ("up", "a b"), ("up", "sk-1234"), ("a/b", "x")])
def test_S04_what_is_not_stored(tmp_path: Path, name: str, given: str) -> None:
    assert run(tmp_path, "set", name, given=given).exit_code in (1, 2)
    assert not (tmp_path / "data" / "secrets.json").exists()


def test_an_entry_that_is_missing_is_told_with_the_command_that_makes_it(tmp_path: Path) -> None:
    (tmp_path / "lockgate.yaml").write_text(CONFIG)

    (problem,) = load(tmp_path / "lockgate.yaml", {}).problems

    assert (problem.line, problem.path) == (2, "providers.up.api_key")
    assert "lockgate secrets set up" in problem.expected


def test_with_a_key_of_ones_own(tmp_path: Path) -> None:
    first, second = new_key(), new_key()
    config = CONFIG + "secrets: {key: {file: kek}}\n"
    (tmp_path / "kek").write_text(first)
    run(tmp_path, "set", "up", given=CANARY, config=config)
    before = json.loads(run(tmp_path, "list", "--json", config=config).output)[0]["sealed_under"]

    (tmp_path / "kek").write_text(f"{second},{first}")
    rotated = run(tmp_path, "rotate", config=config)
    (tmp_path / "kek").write_text(second)

    assert "1 secret sealed anew" in rotated.output
    assert json.loads(run(tmp_path, "list", "--json", config=config).output)[0]["sealed_under"] != before
    assert [secret.reveal() for secret in load(tmp_path / "lockgate.yaml", {}).secrets.values()][-1] == CANARY
    assert not (tmp_path / "data" / "secrets.key").exists()


def test_without_its_key_nothing_is_opened_or_made(tmp_path: Path) -> None:
    refused = run(tmp_path, "set", "up", given=CANARY, config=CONFIG + "secrets: {key: {env: LOCKGATE_NO_SUCH_KEY}}\n")

    assert refused.exit_code == 1
    assert "LOCKGATE_NO_SUCH_KEY" in refused.output
