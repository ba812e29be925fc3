"""Keys of the file and keys of the store become one snapshot; keys without a team open nothing."""

from pathlib import Path

import pytest

from lockgate.app.key_entries import REMEMBERED, key_snapshot
from lockgate.app.load import loads
from lockgate.auth.api_key import ApiKeys
from lockgate.core.auth import Caller, Presented
from lockgate.core.key_digest import Pepper
from lockgate.core.store import StoredKey

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


@pytest.fixture
def keys() -> ApiKeys:
    from lockgate.core.provider import Provider, bearer

    openai = Provider(name="openai", base_url="", services=(), sign=bearer)
    loaded = loads(TEXT, Path("x.yaml"), {"WEB": BROUGHT}, {"openai": openai})
    there = (
        stored("good", "shop"),
        stored("gone", "team-that-is-gone"),
        stored("revoked", "shop", revoked=5),
        stored("old", "shop", expires=6),
    )
    return ApiKeys(PEPPER, key_snapshot(loaded, PEPPER, there))


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
    issued = key_snapshot(loaded, PEPPER, tuple(stored(f"n{number}", "shop") for number in range(REMEMBERED + 5)))
    digests = list(issued)

    first = issued.get(digests[0])

    assert issued.get(digests[0]) is first
    assert len(issued) == REMEMBERED + 5
    assert [issued[digest].digest for digest in digests] == digests
    assert issued.get(digests[0]) == first
    assert issued.get("0" * 64) is None
    with pytest.raises(KeyError):
        issued["0" * 64]
