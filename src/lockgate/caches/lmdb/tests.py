"""Tests of the store on LMDB."""

from pathlib import Path

from lockgate.caches.lmdb.store import LmdbCache

KEY, OTHER = b"k" * 32, b"o" * 32


class Time:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


async def put(cache: LmdbCache, key: bytes, value: bytes, seconds: float = 60) -> None:
    """Returns when it is written."""
    cache.put(key, value, seconds)
    await cache.written()


async def test_what_was_put_is_there_until_its_time_is_over(tmp_path: Path) -> None:
    time = Time()
    cache = LmdbCache(tmp_path, 16 << 20, time)
    assert cache.get(KEY) is None

    await put(cache, KEY, b"answer", 60)

    time.now += 59.9
    assert cache.get(KEY) == b"answer"
    assert cache.get(OTHER) is None
    time.now += 0.2
    assert cache.get(KEY) is None
    await cache.aclose()


async def test_the_later_one_counts(tmp_path: Path) -> None:
    time = Time()
    cache = LmdbCache(tmp_path, 16 << 20, time)
    await put(cache, KEY, b"first", 10)
    await put(cache, KEY, b"second", 100)

    time.now += 50
    await put(cache, OTHER, b"sweeps", 100)

    assert cache.get(KEY) == b"second"
    await cache.aclose()


async def test_a_full_file_makes_room(tmp_path: Path) -> None:
    cache = LmdbCache(tmp_path, 16 << 20, Time())
    keys = [number.to_bytes(32) for number in range(400)]

    for number, key in enumerate(keys):
        await put(cache, key, b"x" * 100_000, 1000 + number)

    assert cache.get(keys[0]) is None
    assert cache.get(keys[-1]) == b"x" * 100_000
    assert sum(cache.get(key) is not None for key in keys) > 60
    assert (tmp_path / "data.mdb").stat().st_size <= 16 << 20
    await cache.aclose()


async def test_what_is_over_leaves_with_what_comes(tmp_path: Path) -> None:
    time = Time()
    cache = LmdbCache(tmp_path, 16 << 20, time)
    for number in range(20):
        await put(cache, number.to_bytes(32), b"x", 1)
    time.now += 2

    await put(cache, KEY, b"new")

    assert cache.entries() == 1
    await cache.aclose()


async def test_answers_are_there_after_a_restart(tmp_path: Path) -> None:
    cache = LmdbCache(tmp_path, 16 << 20, Time())
    await put(cache, KEY, b"answer")
    await cache.aclose()

    again = LmdbCache(tmp_path, 16 << 20, Time())

    assert again.get(KEY) == b"answer"
    await again.aclose()


async def test_a_crowd_of_answers_is_not_waited_for(tmp_path: Path) -> None:
    """Nothing is lost but what nobody promised: puts return at once, and those beyond the bound are not kept."""
    cache = LmdbCache(tmp_path, 64 << 20, Time())

    for number in range(1000):
        cache.put(number.to_bytes(32), b"x" * 10_000, 60)
    await cache.written()

    assert 0 < cache.entries() <= 1000
    await cache.aclose()
