"""What holds for the memory against replays: once is once, in all processes, until its time is over."""

import multiprocessing
from pathlib import Path

import pytest

from lockgate.core.problem import Kind, Problem
from lockgate.stores.nonces import NonceStore


def offer(folder: Path, results: "multiprocessing.SimpleQueue[list[bool]]") -> None:
    store = NonceStore(folder, "life")
    results.put([store.first(b"nonce %d" % number, 100, 400, 100) for number in range(200)])
    store.close()


def test_the_second_is_not_the_first(tmp_path: Path) -> None:
    store = NonceStore(tmp_path / "nonces", "life")

    assert [store.first(nonce, 100, 400, 100) for nonce in (b"a", b"b", b"a")] == [True, True, False]


def test_two_processes_let_each_nonce_in_once(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    results: multiprocessing.SimpleQueue[list[bool]] = context.SimpleQueue()
    workers = [context.Process(target=offer, args=(tmp_path, results)) for _ in range(2)]
    for worker in workers:
        worker.start()
    one, other = results.get(), results.get()
    for worker in workers:
        worker.join(30)

    assert [a + b for a, b in zip(one, other, strict=True)] == [1] * 200


def test_what_is_over_is_forgotten_and_its_room_is_used_again(tmp_path: Path) -> None:
    store = NonceStore(tmp_path, "life", size=256 * 1024)

    for number in range(20_000):
        assert store.first(b"%d" % number, number, number + 50, number)

    assert not store.first(b"19999", 20_000, 20_050, 20_000)
    assert store.first(b"1", 20_000, 20_060, 20_000)


def test_a_full_memory_lets_nobody_in(tmp_path: Path) -> None:
    store = NonceStore(tmp_path, "life", size=64 * 1024)

    def fill() -> None:
        for number in range(10_000):
            store.first(b"%d" % number, 100, 400, 100)

    with pytest.raises(Problem) as caught:
        fill()

    assert caught.value.kind is Kind.NO_AUTH


def test_a_process_that_starts_again_remembers(tmp_path: Path) -> None:
    store = NonceStore(tmp_path, "life")
    store.first(b"a", 100, 400, 100)
    store.close()

    assert not NonceStore(tmp_path, "life").first(b"a", 101, 400, 100)


def test_after_the_machine_was_down_nothing_older_is_taken(tmp_path: Path) -> None:
    store = NonceStore(tmp_path, "life")
    store.first(b"a", 100, 400, 100)
    store.close()
    store = NonceStore(tmp_path, "the next life")

    assert not store.first(b"b", 150, 400, 149)
    assert store.first(b"c", 151, 400, 151)


def test_files_are_for_their_owner_only(tmp_path: Path) -> None:
    NonceStore(tmp_path / "nonces", "life").first(b"a", 100, 400, 100)

    assert {path.stat().st_mode & 0o077 for path in (tmp_path / "nonces").iterdir()} == {0}


def test_k6_a_clock_that_was_ahead_does_not_open_the_past_again(tmp_path: Path) -> None:
    store = NonceStore(tmp_path, "life")
    assert store.first(b"a", 1000, 1301, 1000)
    assert store.first(b"b", 4600, 4901, 4600)  # an hour ahead: what was over is forgotten

    assert not store.first(b"a", 1001, 1301, 1000)
    assert store.first(b"made now", 1002, 1303, 1002)
