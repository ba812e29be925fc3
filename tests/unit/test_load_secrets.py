"""S03, S04: secrets of a configuration are there, strong, and never repeated."""

from pathlib import Path

import pytest

from lockgate.app.settings import SecretRef
from lockgate.core.secret import Secret
from lockgate.stores.key_file import admin_secret
from tests.unit.configurations import KEY, one, read

SECRETS = "version: 1\nteams: {shop: {}}\nkeys:\n  - name: k\n    team: shop\n    secret: %s\n"


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ("{env: MISSING}", "MISSING, which is not set"),
        ("{env: EMPTY}", "EMPTY, which is empty"),
        ("{env: BLANK}", "BLANK, which is empty"),
        ("{env: WEAK}", "sk-1234"),
        ("{file: /nonexistent/key}", "/nonexistent/key, which does not exist"),
        ("{file: /}", "cannot be read"),
    ],
)
def test_s03_s04_a_missing_empty_or_weak_secret_names_its_place_and_line(where: str, found: str) -> None:
    line, path, there, _ = one(SECRETS % where)

    assert (line, path) == (6, "keys.0.secret")
    assert found in there


@pytest.mark.parametrize(
    "value", ["hunter2-hunter2-hunter2-hunter2", "[hunter2]", "7", "{env: 'sk hunter2'}", "{env: 7}"]
)
def test_a_secret_in_the_file_is_refused_with_advice_and_never_repeated(value: str) -> None:
    there = one(SECRETS % value)

    assert "hunter2" not in str(there)
    assert "env" in there[3] or "environment" in there[3]


def test_s04_an_empty_provider_credential_is_an_error() -> None:
    text = "version: 1\nproviders:\n  openai:\n    kind: openai\n    api_key: {env: EMPTY}\n"

    assert one(text)[:2] == (5, "providers.openai.api_key")


def test_a_secret_file_lies_beside_the_configuration(tmp_path: Path) -> None:
    (tmp_path / "key").write_text(KEY + "\n")

    loaded = read(SECRETS % "{file: key}", tmp_path)

    assert loaded.secrets == {SecretRef(file="key"): Secret(KEY)}


def test_two_keys_with_one_secret_are_a_mistake() -> None:
    key = "  - {name: %s, team: shop, secret: {env: SHOP_WEB_KEY}}\n"

    line, path, found, _ = one("version: 1\nteams: {shop: {}}\nkeys:\n" + key % "a" + key % "b")

    assert (line, path) == (5, "keys.1.secret")
    assert KEY not in found


def test_a_credential_may_be_left_out_where_the_address_is_the_operators() -> None:
    assert read("version: 1\nproviders: {mock: {kind: openai, base_url: 'http://127.0.0.1:9100/v1'}}").config


@pytest.mark.parametrize("admin", ["0.0.0.0:8081", "[::]:8081", "192.168.1.5:8081", "gateway.example.org:8081"])
def test_s03_an_admin_listener_for_other_machines_needs_an_admin_secret(tmp_path: Path, admin: str) -> None:
    text = f"version: 1\nserver: {{admin: '{admin}'}}\n"
    (problem,) = read(text, tmp_path).problems
    assert (problem.line, problem.path) == (2, "server.admin")
    assert "admin secret" in problem.found

    admin_secret.create(tmp_path / "data")

    assert read(text, tmp_path).config
