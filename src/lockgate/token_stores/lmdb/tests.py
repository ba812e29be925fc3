"""What is not among the promises of every store: the file, its end, and what is over."""

from pathlib import Path

import lmdb
import pytest

from lockgate.core.store import StoreError
from lockgate.core.tokens import TokenPlace
from lockgate.token_stores.lmdb import plugin
from lockgate.token_stores.lmdb.store import LmdbTokens


async def test_it_is_there_after_a_restart_and_for_other_workers(tmp_path: Path) -> None:
    first = plugin().build(TokenPlace(tmp_path))
    await first.put(b"a", None, b"sealed", 60)
    await first.aclose()

    second = plugin().build(TokenPlace(tmp_path))
    assert await second.read(b"a") == b"sealed"
    await second.aclose()


async def test_what_is_over_leaves_with_what_comes(tmp_path: Path) -> None:
    now = [1000.0]
    store = LmdbTokens(tmp_path / "tokens", lambda: now[0])
    for number in range(200):
        now[0] += 10
        await store.put(b"%d" % number, None, b"x" * 100, 50)
    await store.aclose()

    with lmdb.open(str(tmp_path / "tokens"), max_dbs=2) as environment, environment.begin() as transaction:
        kept, ends = environment.open_db(b"kept", transaction), environment.open_db(b"ends", transaction)
        assert transaction.stat(kept)["entries"] == transaction.stat(ends)["entries"] < 10


async def test_a_full_store_says_so(tmp_path: Path) -> None:
    store = LmdbTokens(tmp_path / "tokens", size=64 * 1024)

    with pytest.raises(StoreError):
        await store.put(b"a", None, b"x" * 1_000_000, 60)
    assert await store.read(b"a") is None
    await store.aclose()


async def test_a_folder_that_is_none_says_so(tmp_path: Path) -> None:
    (tmp_path / "tokens").write_text("a file")

    with pytest.raises(StoreError):
        await LmdbTokens(tmp_path / "tokens").read(b"a")


async def test_only_its_owner_may_read_it(tmp_path: Path) -> None:
    store = LmdbTokens(tmp_path / "tokens")
    await store.put(b"a", None, b"sealed", 60)

    assert (tmp_path / "tokens").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "tokens" / "data.mdb").stat().st_mode & 0o777 == 0o600
    await store.aclose()
