"""The command as a process: exit codes, what goes to stdout and what to stderr, and the keys it makes."""

import os
import subprocess
import sys
import threading
from pathlib import Path

import msgspec
import pytest

from lockgate.core import key_format
from tests.e2e import warm

SOURCE = Path(__file__).parents[2] / "src"
CONFIG = 'version: 1\nteams: {shop: {models: ["*"]}}\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "lockgate.yaml").write_text(CONFIG)
    return tmp_path


def lockgate(folder: Path, *arguments: str, **environ: str) -> "subprocess.CompletedProcess[str]":
    clean = {
        name: value for name, value in os.environ.items() if not name.endswith("_KEY") and name != "LOCKGATE_CONFIG"
    }
    return warm.run(arguments, {**clean, "PYTHONPATH": str(SOURCE), "NO_COLOR": "1", **environ}, folder)


def made(folder: Path, *more: str) -> dict[str, str]:
    answer: dict[str, str] = msgspec.json.decode(
        lockgate(folder, "keys", "create", "--name", "web", "--team", "shop", "--json", *more).stdout
    )
    return answer


def test_check_says_yes_and_no_with_its_exit_code(folder: Path) -> None:
    good = lockgate(folder, "check", "lockgate.yaml")
    (folder / "bad.yaml").write_text("version: 1\nteems: {}\nserver: {workers: 0}\n")
    bad = lockgate(folder, "check", "bad.yaml")

    assert (good.returncode, good.stderr) == (0, "")
    assert bad.returncode == 1
    assert lockgate(folder, "check", "none.yaml").returncode == 2
    assert [line.split(": ")[:2] for line in bad.stdout.splitlines()] == [
        ["bad.yaml:2", "teems"],
        ["bad.yaml:3", "server.workers"],
    ]


DOUBTFUL = """\
version: 1
providers: {demo: {kind: demo}}
models: {demo: {targets: [{provider: demo}]}}
teams: {mute: {}, shop: {models: ["*"], limits: [{kind: tokens, max: 1000, per: 1m}]}}
"""


def test_check_warns_of_what_lets_nobody_in_and_of_limits_that_one_request_fills(folder: Path) -> None:
    (folder / "doubtful.yaml").write_text(DOUBTFUL)
    said = lockgate(folder, "check", "doubtful.yaml")
    answer = msgspec.json.decode(lockgate(folder, "check", "doubtful.yaml", "--json").stdout)

    assert said.returncode == 0
    assert "warning: teams.mute: no model may be asked for" in said.stderr
    assert "warning: teams.shop.limits.0: a request without `max_tokens`" in said.stderr
    assert [text.partition(":")[0] for text in answer["warnings"]] == ["teams.mute", "teams.shop.limits.0"]


def test_check_json_has_every_part_of_every_mistake(folder: Path) -> None:
    (folder / "bad.yaml").write_text("version: 1\nteems: {}\n")

    answer = lockgate(folder, "check", "bad.yaml", "--json")

    assert answer.returncode == 1
    (error,) = msgspec.json.decode(answer.stdout)["errors"]
    assert (error["file"], error["line"], error["path"]) == ("bad.yaml", 2, "teems")
    assert "'teems'" in error["found"]
    assert "'teams'" in error["expected"]
    assert msgspec.json.decode(lockgate(folder, "check", "lockgate.yaml", "--json").stdout) == {
        "valid": True,
        "errors": [],
    }


def test_a_key_is_made_shown_once_listed_rotated_and_revoked(folder: Path) -> None:
    key = made(folder, "--expires", "90d")
    rotated = msgspec.json.decode(lockgate(folder, "keys", "rotate", key["id"], "--overlap", "1h", "--json").stdout)
    revoked = lockgate(folder, "keys", "revoke", key["id"])
    listed = lockgate(folder, "keys", "list", "--json")

    assert key_format.valid(key["secret"])
    assert revoked.returncode == 0
    states = {row["id"]: (row["state"], row["rotated_from"]) for row in msgspec.json.decode(listed.stdout)}
    assert states == {key["id"]: ("revoked", None), rotated["id"]: ("active", key["id"])}
    files = [path for path in (folder / "data").rglob("*") if path.is_file()]
    written = b"".join(path.read_bytes() for path in files) + listed.stdout.encode()
    assert key["secret"].encode() not in written
    assert rotated["secret"].encode() not in written


def test_a_table_of_keys_is_for_people(folder: Path) -> None:
    key = made(folder)

    table = lockgate(folder, "keys", "list").stdout.splitlines()

    assert table[0].split() == ["id", "name", "team", "state", "created", "expires", "last_used", "rotated_from"]
    assert table[1].split()[:4] == [key["id"], "web", "shop", "active"]


def test_keys_need_no_secret_of_a_provider(folder: Path) -> None:
    """The service knows them; the person who revokes a key may not."""
    with (folder / "lockgate.yaml").open("a") as file:
        file.write("providers: {o: {kind: openai, api_key: {env: NOT_HERE_KEY}}}\n")

    assert key_format.valid(made(folder)["secret"])


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("keys", "create", "--name", "web", "--team", "shopp"), 1, "did you mean 'shop'"),
        (("keys", "create", "--name", "a b", "--team", "shop"), 2, "--name"),
        (("keys", "create", "--name", "web", "--team", "shop", "--expires", "soon"), 2, "90d"),
        (("keys", "create", "--name", "web", "--team", "shop", "--expires", "0s"), 2, "one second"),
        (("keys", "create", "--name", "web", "--team", "shop", "--expires", "999999999d"), 2, "100 years"),
        (("keys", "create", "--team", "shop"), 2, "--name"),
        (("keys", "revoke", "key_nobody"), 1, "no key with the id"),
        (("nonsense",), 2, "nonsense"),
        (("serve", "--workers", "0"), 2, "--workers"),
        (("check",), 2, "FILE"),
        (("faulty", "--pace", "nan"), 2, "no number"),
        (("serve", "--config", "none.yaml"), 2, "there is no none.yaml"),
    ],
)
def test_no_and_wrong_usage_have_their_own_exit_codes(
    folder: Path, arguments: tuple[str, ...], code: int, words: str
) -> None:
    answer = lockgate(folder, *arguments)

    assert (answer.returncode, answer.stdout) == (code, "")
    assert words in answer.stderr
    assert "Traceback" not in answer.stderr


def test_a_damaged_store_is_said_in_one_line(folder: Path) -> None:
    made(folder)
    (folder / "data" / "keys.json").write_text("{")

    answer = lockgate(folder, "keys", "list")

    assert answer.returncode == 1
    assert answer.stderr.startswith("lockgate: cannot read")
    assert answer.stderr.count("\n") == 1


def test_the_configuration_is_found_by_option_then_variable_then_folder(folder: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    config = str(folder / "lockgate.yaml")

    nothing = lockgate(elsewhere, "keys", "list")
    by_option = lockgate(elsewhere, "keys", "list", "--config", config, LOCKGATE_CONFIG="/nonexistent.yaml")
    by_variable = lockgate(elsewhere, "keys", "list", LOCKGATE_CONFIG=config)
    missing = lockgate(folder, "keys", "list", LOCKGATE_CONFIG="/nonexistent.yaml")

    assert [each.returncode for each in (nothing, by_option, by_variable, missing)] == [2, 0, 0, 2]
    assert "lockgate up" in nothing.stderr


def test_version_imports_nothing_heavy(folder: Path) -> None:
    answer = subprocess.run(
        [sys.executable, "-P", "-c", "import sys, lockgate.app.cli as cli; sys.argv[1:] = ['version']\ntry: cli.main()\nfinally: print(*sys.modules)"],
        cwd=folder, env={**os.environ, "PYTHONPATH": str(SOURCE)}, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip

    assert answer.stdout.startswith("lockgate ")
    assert not {"yaml", "asyncio", "uvicorn", "lockgate.app.settings", "rich.console"} & set(answer.stdout.split())


def test_schema_is_a_schema_that_takes_what_check_takes(folder: Path) -> None:
    import jsonschema
    import yaml

    schema = msgspec.json.decode(lockgate(folder, "schema").stdout)

    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(yaml.safe_load(CONFIG), schema)
    with pytest.raises(jsonschema.ValidationError, match="teems"):
        jsonschema.validate({"version": 1, "teems": {}}, schema)


def served(folder: Path, *arguments: str) -> str:
    """What the command says until it serves. It is asked to end then, and does."""
    clean = {name: value for name, value in os.environ.items() if name != "LOCKGATE_CONFIG"}
    environ = {**clean, "PYTHONPATH": str(SOURCE), "OPENAI_API_KEY": "sk-canary-of-the-environment"}
    command = [
        sys.executable,
        "-P",
        "-m",
        "lockgate.app.cli",
        *arguments,
        "--listen",
        "127.0.0.1:0",
        "--admin",
        "127.0.0.1:0",
    ]
    with subprocess.Popen(command, cwd=folder, env=environ, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        limit = threading.Timer(30, process.kill)
        limit.start()
        said = []
        for line in process.stdout:
            said.append(line)
            if "data plane listening on" in line:
                process.terminate()
        limit.cancel()
    assert process.returncode == 0
    return "".join(said)


def test_the_first_up_writes_everything_and_shows_its_secrets_once(tmp_path: Path) -> None:
    first = served(tmp_path, "up")
    second = served(tmp_path, "up")

    assert first.count("shown this once") == 2
    assert "curl http://127.0.0.1" in first
    assert "authorization: Bearer lg-" in first
    assert "shown this once" not in second
    assert lockgate(tmp_path, "check", "lockgate.yaml", OPENAI_API_KEY="x").returncode == 0
    assert "canary" not in (tmp_path / "lockgate.yaml").read_text() + first
