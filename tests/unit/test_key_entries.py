"""Keys of the file and keys of the store become one snapshot; keys without a team open nothing."""

import gc
from pathlib import Path

import pytest

from lockgate.app.key_entries import REMEMBERED, Unread, key_snapshot
from lockgate.app.load import Loaded, loads
from lockgate.auth.api_key import ApiKeys, Entry
from lockgate.core.auth import Caller, Presented
from lockgate.core.key_digest import Pepper
from lockgate.core.problem import Kind, Problem
from lockgate.core.provider import Provider, bearer
from lockgate.core.store import StoredKey
from tests.key_tables import table

PEPPER = Pepper(bytes(range(32)))
BROUGHT = "Zm9vYmFyIGJhciBiYXogcXV4IGhlbGxv"
TEXT = b"""\
version: 1
providers: {demo: {kind: openai, base_url: "http://127.0.0.1:1"}}
models: {m: {targets: [{provider: demo}]}}
teams: {shop: {models: [m]}, lab: {models: ["*"]}}
keys: [{name: web, team: lab, secret: {env: WEB}}]
"""


def stored(name: str, team: str, *, revoked: int | None = None, expires: int | None = None) -> StoredKey:
    digest = PEPPER.digest(f"secret-of-{name}".encode())
    return StoredKey(f"key_{name}", name, team, digest, 1, expires=expires, revoked=revoked)


def sent(credential: bytes) -> Presented:
    return Presented("POST", "/", "", (), "bearer", credential)


def _loaded() -> Loaded:
    openai = Provider(name="openai", base_url="", services=(), sign=bearer)
    return loads(TEXT, Path("x.yaml"), {"WEB": BROUGHT}, {"openai": openai})


@pytest.fixture
def keys() -> ApiKeys:
    there = table(
        stored("good", "shop"),
        stored("gone", "team-that-is-gone"),
        stored("revoked", "shop", revoked=5),
        stored("old", "shop", expires=6),
    )
    return ApiKeys(PEPPER, key_snapshot(_loaded(), PEPPER, there))


async def test_both_kinds_of_keys_open_in_their_teams(keys: ApiKeys) -> None:
    made = await keys.authenticate(sent(b"secret-of-good"))
    brought = await keys.authenticate(sent(BROUGHT.encode()))

    assert made == Caller("key_good", "shop", "good", teams=("shop",))
    assert brought == Caller("config:web", "lab", "web", teams=("lab",))


@pytest.mark.parametrize("name", ["gone", "revoked", "old", "unknown"])
async def test_dead_keys_and_keys_without_a_team_open_nothing(keys: ApiKeys, name: str) -> None:
    assert await keys.authenticate(sent(f"secret-of-{name}".encode())) is None


def test_a_caller_is_made_at_its_first_use_and_few_are_kept_ready() -> None:
    loaded = loads(b"version: 1\nteams: {shop: {models: []}}\n", Path("x.yaml"), {})
    there = [stored(f"n{number}", "shop") for number in range(3 * REMEMBERED)]
    issued = key_snapshot(loaded, PEPPER, table(*there))
    first = issued.get(there[0].digest)

    made = [issued.get(key.digest) for key in there]

    assert made[0] is first
    assert [entry.digest if entry else "" for entry in made] == [key.digest for key in there]
    assert issued.get(there[0].digest) == first
    assert issued.get(there[0].digest) is not first
    assert issued.get(there[-1].digest) is made[-1]
    assert issued.get("0" * 64) is None
    assert sum(type(held) is Entry for held in gc.get_referents(*gc.get_referents(issued))) <= 2 * REMEMBERED


def test_what_is_in_use_stays_ready_however_many_others_come_by() -> None:
    loaded = loads(b"version: 1\nteams: {shop: {models: []}}\n", Path("x.yaml"), {})
    there = [stored(f"n{number}", "shop") for number in range(3 * REMEMBERED)]
    issued = key_snapshot(loaded, PEPPER, table(*there))
    first = issued.get(there[0].digest)

    for key in there:
        issued.get(key.digest)
        assert issued.get(there[0].digest) is first


async def test_while_the_store_was_never_read_nobody_is_called_unknown() -> None:
    keys = ApiKeys(PEPPER, key_snapshot(_loaded(), PEPPER, Unread()))

    with pytest.raises(Problem) as caught:
        await keys.authenticate(sent(b"secret-of-good"))

    assert caught.value.kind is Kind.NO_AUTH
    assert await keys.authenticate(sent(BROUGHT.encode())) == Caller("config:web", "lab", "web", teams=("lab",))
