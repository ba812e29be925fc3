"""The latest use of each key, whoever writes last."""

import multiprocessing
from pathlib import Path

import pytest

from lockgate.core.store import StoreError
from lockgate.stores.key_uses import last_uses, record


def write(folder: Path, first: int) -> None:
    for second in range(first, first + 20):
        record(folder, {"key_a": second, f"key_{first}": second})


def test_nothing_was_used_yet(tmp_path: Path) -> None:
    assert last_uses(tmp_path / "none") == {}
    assert not (tmp_path / "none").exists()


def test_the_latest_counts_whoever_writes_last(tmp_path: Path) -> None:
    record(tmp_path / "uses", {"key_a": 300, "key_b": 7})
    record(tmp_path / "uses", {"key_a": 299, "config:c": 1})

    assert last_uses(tmp_path / "uses") == {"key_a": 300, "key_b": 7, "config:c": 1}
    assert {path.stat().st_mode & 0o077 for path in (tmp_path / "uses").iterdir()} == {0}


def test_processes_that_write_at_once_lose_nothing(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=write, args=(tmp_path, first)) for first in (100, 200)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(30)

    assert last_uses(tmp_path) == {"key_a": 219, "key_100": 119, "key_200": 219}


def test_what_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(StoreError):
        record(tmp_path / "file", {"key_a": 1})
