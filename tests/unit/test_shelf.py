"""What was fetched is on the disk for the processes to come, with its age; and what is no good there is nothing."""

import os
import threading
import time
from pathlib import Path

import pytest

from lockgate.app.shelf import Shelf
from tests.integration.front_door import until


async def test_what_is_put_is_taken_by_another_process_with_its_age(tmp_path: Path) -> None:
    Shelf(tmp_path).put("https://idp.example/../x", b"keys")
    other = Shelf(tmp_path)
    await until(lambda: other.taken("https://idp.example/../x") is not None)

    (file,) = (tmp_path / "issuers").iterdir()
    os.utime(file, (time.time() - 100,) * 2)
    kept = other.taken("https://idp.example/../x")

    assert kept is not None
    assert kept[0] == b"keys"
    assert 99 <= kept[1] <= 110
    assert (file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert other.taken("another") is None
    os.utime(file, (time.time() + 3600,) * 2)
    assert other.taken("https://idp.example/../x") is None  # nobody knows how old it is


async def test_a_disk_that_takes_nothing_is_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "issuers").write_text("no folder")

    Shelf(tmp_path).put("x", b"keys")

    await until(lambda: "is not kept for later" in caplog.text)


async def test_a_machine_that_has_no_thread_left_is_told_too(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """As in a container that may have few: whoever fetched the keys knows them all the same, and when to ask again."""
    before = threading.stack_size(1 << 47)
    try:
        Shelf(tmp_path).put("x", b"keys")
    finally:
        threading.stack_size(before)

    assert "is not kept for later" in caplog.text
