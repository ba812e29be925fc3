"""What is the file's own: processes, its size, its rights. What every such memory promises is in tests/contract/nonces."""

import asyncio
import multiprocessing
from pathlib import Path

import pytest

from lockgate.core.problem import Kind, Problem
from lockgate.stores.nonces import NonceStore


def offer(folder: Path, results: "multiprocessing.SimpleQueue[list[bool]]") -> None:
    async def said() -> list[bool]:
        store = NonceStore(folder, "life")
        first = [await store.first(b"nonce %d" % number, 100, 400, 100) for number in range(200)]
        await store.aclose()
        return first

    results.put(asyncio.run(said()))


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


async def test_what_is_over_is_forgotten_and_its_room_is_used_again(tmp_path: Path) -> None:
    store = NonceStore(tmp_path, "life", size=256 * 1024)

    for number in range(20_000):
        assert await store.first(b"%d" % number, number, number + 50, number)

    assert not await store.first(b"19999", 20_000, 20_050, 20_000)
    assert await store.first(b"1", 20_000, 20_060, 20_000)


async def test_a_full_memory_lets_nobody_in(tmp_path: Path) -> None:
    store = NonceStore(tmp_path, "life", size=64 * 1024)

    async def fill() -> None:
        for number in range(10_000):
            await store.first(b"%d" % number, 100, 400, 100)

    with pytest.raises(Problem) as caught:
        await fill()

    assert caught.value.kind is Kind.NO_AUTH


async def test_files_are_for_their_owner_only(tmp_path: Path) -> None:
    await NonceStore(tmp_path / "nonces", "life").first(b"a", 100, 400, 100)

    assert {path.stat().st_mode & 0o077 for path in (tmp_path / "nonces").iterdir()} == {0}
