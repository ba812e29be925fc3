"""Mistakes in policies are told with their place; what is right becomes what the pipeline asks."""

from pathlib import Path

import pytest

from lockgate.app.key_entries import key_snapshot
from lockgate.app.places import places, policies
from lockgate.core.access import Access, Denied
from lockgate.core.key_digest import Pepper
from lockgate.core.permission import Permission
from lockgate.core.policy import Place
from lockgate.core.store import StoredKey
from tests.key_tables import table
from tests.unit.configurations import WHOLE, one, read, said

BASE = WHOLE[: WHOLE.index("teams:")]


def with_teams(rest: str) -> str:
    return BASE + rest


@pytest.mark.parametrize(
    ("rest", "path", "found", "expected"),
    [
        ("teams: {a: {models: [nope]}}", "teams.a.models.0", "'nope'", "assistant"),
        ("teams: {a: {deny: {models: [assistent]}}}", "teams.a.deny.models.0", "'assistent'", "mean 'assistant'"),
        ("teams: {a: {providers: [opanai]}}", "teams.a.providers.0", "'opanai'", "mean 'openai'"),
        ("teams: {a: {regions: [eu]}}", "teams.a.regions.0", "'eu'", "nothing"),
        ("teams: {a: {endpoints: [chats]}}", "teams.a.endpoints.0", "'chats'", "count_tokens"),
        ("teams: {a: {ips: [10.0.0.1/8]}}", "teams.a.ips.0", "'10.0.0.1/8'", "10.0.0.0/8"),
        ("teams: {a: {deny: {ips: [x]}}}", "teams.a.deny.ips.0", "'x'", "network"),
        ("teams: {a: {times: [{zone: Mars}]}}", "teams.a.times.0.zone", "'Mars'", "Europe/Berlin"),
        ("teams: {a: {times: [{days: [monday]}]}}", "teams.a.times.0.days.0", "'monday'", "mon"),
        ("teams: {a: {times: [{days: []}]}}", "teams.a.times.0.days", "a list of 0", "not shorter than 1"),
        ("teams: {a: {times: [{hours: 8-18}]}}", "teams.a.times.0.hours", "'8-18'", "08:00-18:00"),
        ("teams: {a: {parent: b}}", "teams.a.parent", "'b'", "a"),
        ("teams: {a: {organization: o}}", "teams.a.organization", "'o'", "nothing"),
        ("teams: {a: {parent: a}}", "teams.a.parent", "a → a", "no circle"),
        ("organizations: {o: {tols: []}}", "organizations.o.tols", "'tols'", "mean 'tools'"),
        ("roles: {admin: [models.call]}", "roles.admin", "built in", "your own"),
        ("roles: {mine: [models.cal]}", "roles.mine.0", "'models.cal'", "mean 'models.call'"),
        ("roles: {mine: [anybody]}", "roles.mine.0", "'anybody'", "models.call"),
        ("users: {u: {roles: [boss]}}", "users.u.roles.0", "'boss'", "developer"),
        ("server: {ips: [1.2.3]}", "server.ips.0", "'1.2.3'", "network"),
        ('server: {allowed_hosts: ["a:80"]}', "server.allowed_hosts.0", "'a:80'", "without a port"),
    ],
)
def test_a_mistake_is_told_with_its_place(rest: str, path: str, found: str, expected: str) -> None:
    text = with_teams(rest) if "server:" not in rest else f"version: 1\n{rest}\n"

    at, what, belongs = one(text)[1:]

    assert at == path
    assert found in what
    assert expected in belongs


def test_a_circle_of_three_is_told_at_each_of_its_teams() -> None:
    wrong = said(with_teams("teams: {a: {parent: b}, b: {parent: c}, c: {parent: a}, d: {parent: a}}"))

    assert sorted(path for _, path, _, _ in wrong) == ["teams.a.parent", "teams.b.parent", "teams.c.parent"]
    assert "a → b → c → a" in wrong[0][2]


def test_a_team_below_another_has_the_others_organization() -> None:
    text = with_teams("organizations: {o: {}, p: {}}\nteams: {a: {organization: o}, b: {parent: a, organization: p}}")

    assert one(text)[1:3] == ("teams.b.organization", "'p'")


@pytest.mark.parametrize("level", ["organizations: {o: POLICY}", "teams: {a: POLICY}", "users: {u: POLICY}"])
def test_a_name_that_a_target_has_upstream_can_be_denied_and_not_allowed(level: str) -> None:
    """`deny` holds for it, too; a list of what is allowed is about the names of this file."""
    name = "'llama3.2:1b'"
    assert read(with_teams(level.replace("POLICY", f"{{deny: {{models: [{name}]}}}}"))).problems == ()
    assert f"{name}, which is not in this file" in one(with_teams(level.replace("POLICY", f"{{models: [{name}]}}")))


def test_a_key_cannot_have_more_than_its_user() -> None:
    key = "{name: k, team: a, secret: {env: SHOP_WEB_KEY}, user: u, roles: [admin]}"
    text = with_teams(f"teams: {{a: {{}}}}\nusers: {{u: {{roles: [auditor]}}}}\nkeys: [{key}]")

    _, path, found, _ = one(text)

    assert path == "keys.0.roles"
    assert "models.call" in found


GOOD = """\
organizations: {acme: {regions: [], deny: {tools: [shell]}}}
teams:
  retail: {organization: acme, models: ["*"], ips: [10.0.0.0/8]}
  shop: {parent: retail, providers: [openai]}
  lone: {}
users: {"ada@example.com": {models: [assistant], roles: [developer]}}
roles: {clerk: [metrics.read]}
keys:
  - name: k
    team: shop
    secret: {env: SHOP_WEB_KEY}
    user: ada@example.com
    roles: [clerk, developer]
    metadata: {cost-center: "17"}
    endpoints: [chat]
"""


def test_teams_stand_where_the_file_says() -> None:
    text = with_teams(GOOD.replace("roles: [clerk, developer]", "roles: [developer]"))

    found = places(read(text).valid)

    acme = Access(regions=(), deny=Denied(tools=("shell",)))
    retail = Access(models=("*",), ips=("10.0.0.0/8",))
    assert found == {
        "retail": Place("acme", ("retail",), (acme, retail)),
        "shop": Place("acme", ("shop", "retail"), (acme, retail, Access(providers=("openai",)))),
        "lone": Place("", ("lone",), (Access(models=()), Access())),
    }


def test_keys_of_the_file_and_of_the_store_carry_all_that_is_theirs() -> None:
    loaded = read(with_teams(GOOD.replace("roles: [developer]}", "roles: [developer, clerk]}")))
    pepper = Pepper(bytes(32))
    own = Access(models=("assistant",))
    stored = StoredKey(
        "key_1", "s", "shop", "d" * 64, 1, user="bob", roles=("service",), metadata={"a": "b"}, access=own
    )

    snapshot = key_snapshot(loaded, pepper, table(stored))
    found = map(
        snapshot.get, (stored.digest, pepper.digest(loaded.secrets[loaded.valid.keys[0].secret].reveal().encode()))
    )
    entries = {entry.caller.name: entry.caller for entry in found if entry}

    brought = entries["k"]
    assert (brought.organization, brought.teams) == ("acme", ("shop", "retail"))
    assert (brought.user, brought.roles) == ("ada@example.com", frozenset(("clerk", "developer")))
    assert dict(brought.metadata) == {"cost-center": "17"}
    assert brought.access == Access(endpoints=("chat",))
    made = entries["s"]
    assert (made.user, made.roles, dict(made.metadata), made.access) == ("bob", {"service"}, {"a": "b"}, own)
    rules = policies(loaded.valid, {})
    standing = rules.of(brought)
    assert standing is not None
    assert Permission.METRICS_READ in rules.permissions(brought, standing)


def test_a_file_of_keys_of_an_older_version_is_read() -> None:
    from lockgate.stores.key_file.document import decode

    old = b'{"keys":[{"id":"key_1","name":"w","team":"t","digest":"d","created":1}],"version":1}'

    (key,) = decode(old)

    assert (key.access, key.roles, key.user, key.metadata) == (None, (), "", {})


def test_a_key_without_anything_of_its_own_is_written_as_before(tmp_path: Path) -> None:
    from lockgate.stores.key_file import KeyFile

    KeyFile(tmp_path).change(lambda keys: (StoredKey("key_1", "w", "t", "d" * 64, 1),))

    assert b"access" not in (tmp_path / "keys.json").read_bytes()
