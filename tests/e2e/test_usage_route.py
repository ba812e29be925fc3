"""What was used, at the admin listener: the same as the command says, for those who may see it."""

import secrets
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from lockgate.stores.key_file import admin_secret
from tests.e2e.process import Running, Told, request, running

CONFIG = """\
version: 1
data: ./data
audit: {patience: 5s}
providers: {demo: {kind: demo}}
models: {demo: {targets: [{provider: demo}]}}
prices: {"demo/*": {input: 1, output: 2}}
teams: {all: {models: ["*"]}}
keys:
  - {name: tester, team: all, secret: {env: KEY}}
  - {name: reader, team: all, roles: [auditor], secret: {env: READER}}
"""
READER = secrets.token_urlsafe(40)


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("usage")
    admin_secret.create(folder / "data")
    with running(folder, CONFIG, "--admin", "0.0.0.0:0", env={"READER": READER}) as one:
        body = {"model": "demo", "messages": [{"role": "user", "content": "hi"}]}
        told = request(one.url, "POST", "/v1/chat/completions", body, {"x-api-key": one.key})
        assert told.status == 200
        one.outcome(told.id)
        yield one


def ask(gateway: Running, query: str = "", key: str = READER) -> Told:
    return request(gateway.admin, "GET", f"/api/usage{query}", headers={"x-api-key": key})


def test_it_says_what_the_command_says(gateway: Running) -> None:
    told = ask(gateway, "?by=team,model")

    (row,) = rows = msgspec.json.decode(told.body)
    assert (told.status, row["team"], row["model"], row["requests"]) == (200, "all", "demo", 1)
    assert row["input"] > 0 < row["output"]
    assert rows == msgspec.json.decode(gateway.command("usage", "--json"))
    assert msgspec.json.decode(ask(gateway, "?since=2099-01-01").body) == []


@pytest.mark.parametrize(
    ("query", "word"),
    [
        ("?by=shoe", "by knows key"),
        ("?since=soon", "since: a date"),
        ("?since=0001-01-01&zone=Asia/Tokyo", "since: a date"),
        ("?zone=Nowhere", "zone:"),
        ("?since=" + "9" * 30 + "d", "since: a date"),
        ("?key=x", "no parameter 'key'"),
    ],
)
def test_what_is_not_clear_is_refused(gateway: Running, query: str, word: str) -> None:
    told = ask(gateway, query)

    document: dict[str, Any] = msgspec.json.decode(told.body)
    assert (told.status, document["status"]) == (400, 400)
    assert word in document["title"]


def test_it_is_for_those_who_may_see_it(gateway: Running) -> None:
    assert ask(gateway, key=gateway.key).status == 403
    assert ask(gateway, key="lg-nobody").status == 401
