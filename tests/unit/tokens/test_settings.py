"""What is refused of `tokens` and of rules that tokenize."""

import base64
import secrets
from pathlib import Path

import pytest

from lockgate.app.load import loads
from lockgate.app.token_keeper import TokenKeeper, own_key
from lockgate.core.store import StoreError

BASE = """\
version: 1
providers: {demo: {kind: demo}}
models: {demo: {targets: [{provider: demo}]}}
teams: {all: {models: ["*"]}}
"""
RULE = "rules: [{name: r, guard: {kind: blocklist, words: [w]}, on: [%s], action: tokenize}]\n"
KEY = base64.b64encode(secrets.token_bytes(32)).decode()


def mistakes(text: str, **environ: str) -> list[str]:
    return [
        f"{each.path}: {each.found}" for each in loads((BASE + text).encode(), Path("lockgate.yaml"), environ).problems
    ]


@pytest.mark.parametrize("on", ["request", "system, tool_results", "tool_arguments"])
def test_a_rule_that_tokenizes(on: str) -> None:
    assert not mistakes(RULE % on)


def test_answers_have_no_tokens() -> None:
    (said,) = mistakes(RULE % "request, response")

    assert said.startswith("rules.0.on.1: 'response'")


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("tokens: {ttl: 30s}", "tokens.ttl"),
        ("tokens: {store: {kind: redis, url: 'redis://h'}}", "tokens.key"),
        ("tokens: {key: {env: WEAK}}", "tokens.key"),
        ("tokens: {key: {env: NOWHERE}}", "tokens.key"),
        ("tokens: {session_headers: [X-Session]}", "tokens.session_headers.0"),
        ("tokens: {store: {kind: sqlite}}", "tokens.store.kind"),
        ("tokens: {vault: x}", "tokens.vault"),
    ],
)
def test_what_is_refused(text: str, path: str) -> None:
    assert [said.partition(":")[0] for said in mistakes(text, WEAK="a" * 40)] == [path]


def test_a_key_and_a_store_of_many() -> None:
    text = "tokens: {key: {env: K}, ttl: 1h, restore_tools: ['crm_*'], store: {kind: redis, url: 'redis://h', password: {env: P}}}"

    assert not mistakes(text, K=KEY, P="pw-9f8e7d6c5b4a39281706")


def test_a_key_of_its_own_is_made_once_and_a_damaged_one_never_replaced(tmp_path: Path) -> None:
    key = own_key(tmp_path / "data")

    assert own_key(tmp_path / "data") == key
    assert (tmp_path / "data" / "tokens.key").stat().st_mode & 0o777 == 0o600
    (tmp_path / "data" / "tokens.key").write_text("damaged")
    with pytest.raises(StoreError):
        own_key(tmp_path / "data")
    assert (tmp_path / "data" / "tokens.key").read_text() == "damaged"


def test_nothing_is_made_where_no_rule_tokenizes(tmp_path: Path) -> None:
    loaded = loads(BASE.encode(), tmp_path / "lockgate.yaml", {})

    assert TokenKeeper(tmp_path).tokens(loaded.valid, {}) is None
    assert list(tmp_path.iterdir()) == []
