"""A changed configuration is seen once, and not before it is whole."""

import os
from pathlib import Path

import pytest

from lockgate.app.config_watch import ConfigWatch


class File:
    """A configuration, and how often somebody was told of it. Each content has a time of its own."""

    def __init__(self, path: Path) -> None:
        self.path, self.told, self.time = path, 0, 1_000_000_000
        self.write("one")
        self.watch = ConfigWatch(path, self.tell)

    def tell(self) -> None:
        self.told += 1

    def write(self, text: str) -> None:
        self.time += 1
        self.path.write_text(text)
        os.utime(self.path, (self.time, self.time))

    def look(self, times: int = 1) -> int:
        for _ in range(times):
            self.watch.look()
        return self.told


@pytest.fixture
def file(tmp_path: Path) -> File:
    return File(tmp_path / "lockgate.yaml")


def test_nothing_changed(file: File) -> None:
    assert file.look(5) == 0


def test_a_change_is_told_once_and_at_the_second_look(file: File) -> None:
    file.write("two")

    assert file.look() == 0
    assert file.look() == 1
    assert file.look(5) == 1


def test_K5_a_file_that_is_being_written_is_left_alone(file: File) -> None:
    for part in ("t", "tw", "two"):
        file.write(part)
        assert file.look() == 0

    assert file.look() == 1


def test_a_file_that_is_gone_is_no_change_and_a_new_one_is(file: File) -> None:
    file.path.unlink()
    assert file.look(3) == 0

    file.write("two")

    assert file.look(2) == 1


def test_what_somebody_else_told_is_no_news(file: File) -> None:
    file.write("two")
    file.watch.told()

    assert file.look(3) == 0
