"""Tests of the store of answers to repeated requests."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from lockgate.core.key_digest import Pepper
from lockgate.core.repeat import Given
from lockgate.stores.repeats import RepeatStore

PEPPER = Pepper(b"p" * 32)
PRINT, OTHER = b"1" * 32, b"2" * 32
GIVEN = Given(200, b"application/json", b'{"canary": "text of a model"}', ("top_k",))


class Time:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Time:
    return Time()


@pytest.fixture
def stores(tmp_path: Path, clock: Time) -> Iterator[tuple[RepeatStore, RepeatStore]]:
    """Of one process: LMDB opens a file once; whose a row is goes by each store's own mark."""
    first = RepeatStore(tmp_path / "a", PEPPER, seconds=60, now=clock)
    second = RepeatStore.__new__(RepeatStore)
    for name in ("seconds", "largest", "_now", "_pepper", "_environment", "_rows", "_ends"):
        setattr(second, name, getattr(first, name))
    second._mine = b"somebody"
    yield first, second
    first.close()


def test_the_first_has_it_and_the_others_wait(stores: tuple[RepeatStore, RepeatStore]) -> None:
    first, second = stores
    name = first.name(b"caller key")

    assert first.claim(name, PRINT) == "mine"
    assert second.claim(name, PRINT) == "running"
    assert second.claim(name, OTHER) == "other"
    first.keep(name, PRINT, GIVEN)
    assert second.claim(name, PRINT) == GIVEN
    assert second.claim(name, OTHER) == "other"
    assert first.claim(first.name(b"another"), PRINT) == "mine"


def test_what_came_to_nothing_begins_anew(stores: tuple[RepeatStore, RepeatStore]) -> None:
    first, second = stores
    name = first.name(b"caller key")
    first.claim(name, PRINT)

    second.drop(name)  # it is not its own
    assert second.claim(name, PRINT) == "running"
    first.drop(name)
    assert second.claim(name, OTHER) == "mine"


def test_a_dead_process_is_waited_for_as_long_as_its_lease(
    stores: tuple[RepeatStore, RepeatStore], clock: Time
) -> None:
    first, second = stores
    name = first.name(b"caller key")
    first.claim(name, PRINT)

    clock.now += 14
    first.renew(name)
    clock.now += 14
    assert second.claim(name, PRINT) == "running"
    clock.now += 2
    assert second.claim(name, PRINT) == "mine"
    first.keep(name, PRINT, GIVEN)  # too late: it is somebody else's now
    assert first.claim(name, PRINT) == "running"


def test_an_answer_has_its_time(stores: tuple[RepeatStore, RepeatStore], clock: Time) -> None:
    first, _ = stores
    name = first.name(b"caller key")
    first.claim(name, PRINT)
    first.keep(name, PRINT, GIVEN)

    clock.now += 59
    assert first.claim(name, PRINT) == GIVEN
    clock.now += 2
    assert first.claim(name, PRINT) == "mine"


def test_nothing_can_be_read_in_the_file(stores: tuple[RepeatStore, RepeatStore], tmp_path: Path) -> None:
    first, _ = stores
    name = first.name(b"caller key")
    first.claim(name, PRINT)
    first.keep(name, PRINT, GIVEN)
    first._environment.sync(True)

    written = (tmp_path / "a" / "data.mdb").read_bytes()
    assert b"canary" not in written
    assert b"caller" not in written
    assert name.place in written
    assert name.seal not in written


def test_a_full_file_makes_room(tmp_path: Path, clock: Time) -> None:
    store = RepeatStore(tmp_path, PEPPER, size=16 << 20, now=clock)
    names = [store.name(b"%d" % number) for number in range(400)]
    for name in names:
        clock.now += 0.01
        assert store.claim(name, PRINT) == "mine"
        store.keep(name, PRINT, Given(200, b"", b"x" * 100_000))

    assert isinstance(store.claim(names[-1], PRINT), Given)
    assert store.claim(names[0], PRINT) == "mine"
    store.close()
