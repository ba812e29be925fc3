"""Counters that clients make up, in the file that all limits share."""

from pathlib import Path

from lockgate.core.limit import Claim, Shape
from lockgate.limits.lmdb import clock
from lockgate.limits.lmdb.store import LmdbLimits
from lockgate.limits.lmdb.table import FIRST, Table

HOUR = 3_600_000_000
ROLLING = Shape("sliding", 1_000_000, HOUR)


def name(number: int) -> bytes:
    return number.to_bytes(16, "big")


async def test_what_clients_make_up_is_seen_before_the_file_is_full_and_goes_again(tmp_path: Path) -> None:
    """A client has as many names for itself as it likes: one file for all limits must not be full of them."""
    now = [clock.wall()]
    table = Table(tmp_path, most=2 * FIRST)
    store = LmdbLimits(table, "one", lambda: now[0])
    await store.restore(())
    await store.beat()
    number = 10

    while not store.crowded:
        await store.reserve([Claim(name(n), ROLLING, 1, at_once=True) for n in range(number, number + 5000)])
        await store.beat()
        number += 5000
    await store.reserve([Claim(name(n), ROLLING, 1, at_once=True) for n in range(number, number + 5000)])
    now[0] += 3 * HOUR
    beats = 0
    while store.crowded or table.env.stat()["entries"] > 10:
        await store.beat()
        beats += 1

    assert number > 50_000
    assert beats < number / 1500
    await store.aclose()
