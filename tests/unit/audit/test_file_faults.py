"""D1-D3, K2: nothing that a flush did not confirm counts as written, and the chain goes on across files."""

import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from lockgate.audit.segments import pack
from lockgate.core.sink import SinkError
from tests.unit.audit.bench import Bench


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path / "audit")


def test_D2_after_a_failed_flush_the_lines_stand_in_a_new_segment(bench: Bench) -> None:
    bench.put()
    bench.disk.syncs = [errno.EIO]

    bench.put()

    assert bench.files == ["w0-00000001.jsonl", "w0-00000002.jsonl"]
    assert [note.event for note in bench.notes] == ["segment_abandoned"]
    assert bench.good() == 7


def test_D2_the_old_segment_is_never_written_to_again(bench: Bench) -> None:
    bench.put()
    bench.disk.syncs = [errno.EIO]
    bench.put()
    size = (bench.folder / bench.files[0]).stat().st_size

    bench.put()

    assert (bench.folder / bench.files[0]).stat().st_size == size


def test_D2_a_segment_that_cannot_be_cut_may_repeat_lines_for_it_says_so(bench: Bench) -> None:
    bench.put()
    bench.disk.no_cut, bench.disk.syncs = True, [errno.EIO]

    bench.put()

    assert bench.good() == 7
    repeated = [(bench.folder / name).read_bytes().splitlines() for name in bench.files]
    assert repeated[0][3:] == repeated[1][:3]


@pytest.mark.parametrize("cut", [False, True])
def test_D2_while_every_flush_fails_nothing_is_taken_and_no_files_pile_up(bench: Bench, cut: bool) -> None:
    bench.put()
    bench.disk.no_cut = not cut
    bench.disk.syncs = [errno.EIO] * 10
    with pytest.raises(SinkError):
        bench.put()
    for _ in range(8):
        with pytest.raises(SinkError):
            bench.again()

    assert bench.files == ["w0-00000001.jsonl"]
    bench.again()
    assert bench.files == ["w0-00000001.jsonl", "w0-00000002.jsonl"]
    assert bench.good() == 7


@pytest.mark.parametrize("left", [1, 100, 500])
def test_D2_a_short_write_goes_on_where_it_stopped(bench: Bench, left: int) -> None:
    bench.disk.writes = [left, left]

    bench.put(9)

    assert bench.good() == 9


def test_D1_a_full_disk_takes_nothing_and_everything_when_it_has_room(bench: Bench) -> None:
    bench.put()
    bench.disk.writes = [100, -errno.ENOSPC, -errno.ENOSPC]
    with pytest.raises(SinkError, match="No space left"):
        bench.put()
    with pytest.raises(SinkError, match="No space left"):
        bench.again()
    assert bench.good() == 3

    bench.again()

    assert bench.good() == 6
    assert bench.files == ["w0-00000001.jsonl"]


def replaced(path: Path) -> None:
    path.unlink()
    path.write_bytes(b"something else\n")


@pytest.mark.parametrize("harm", [Path.unlink, lambda path: path.rename(path.with_suffix(".old")), replaced])
def test_D3_lines_never_go_into_a_file_that_nobody_finds(bench: Bench, harm: Callable[[Path], None]) -> None:
    bench.put()
    first = bench.folder / bench.files[0]
    kept = first.read_bytes()
    harm(first)

    bench.put()

    first.write_bytes(kept)  # the operator puts it back
    assert [note.event for note in bench.notes] == ["segment_missing"]
    assert bench.good() == 7


def test_D3_a_segment_that_was_moved_and_is_put_back_repeats_lines_and_is_good(bench: Bench) -> None:
    bench.put()
    first = bench.folder / bench.files[0]
    first.rename(away := first.with_suffix(".1"))
    bench.put()

    away.rename(first)

    assert [len((bench.folder / name).read_bytes().splitlines()) for name in bench.files] == [6, 4]
    assert bench.good() == 7
    pack(first, first.with_name(f"{first.name}.zst"))
    first.unlink()
    assert bench.good() == 7


def test_D3_a_segment_that_somebody_cut_is_left(bench: Bench) -> None:
    bench.put()
    os.truncate(bench.folder / bench.files[0], 10)

    bench.put()

    assert [note.event for note in bench.notes] == ["segment_missing"]
    assert len(bench.files) == 2


def test_D3_a_folder_that_cannot_be_entered_takes_nothing_and_no_line_is_written_twice(bench: Bench) -> None:
    """Root is stopped by no rights, but by a file where the folder was: the look at the path fails in the same way."""
    bench.put()
    away = bench.folder.with_name("away")
    bench.folder.rename(away)
    bench.folder.write_text("no folder")
    with pytest.raises(SinkError):
        bench.put()
    for _ in range(5):
        with pytest.raises(SinkError):
            bench.again()
    bench.folder.unlink()
    away.rename(bench.folder)
    lines = (bench.folder / bench.files[0]).read_bytes().splitlines()

    bench.again()

    assert len(lines) == 6  # those of the first try stand there, once
    assert [note.event for note in bench.notes] == ["segment_missing"]
    assert bench.good() == 7


def test_D3_a_file_system_that_became_read_only_takes_nothing_until_it_can_be_written_to(bench: Bench) -> None:
    bench.put()
    bench.disk.no_cut, bench.disk.writes, bench.disk.creates = True, [-errno.EROFS], [errno.EROFS] * 4
    with pytest.raises(SinkError, match="Read-only file system"):
        bench.put()
    for _ in range(3):
        with pytest.raises(SinkError, match="Read-only file system"):
            bench.again()

    bench.again()

    assert bench.files == ["w0-00000001.jsonl", "w0-00000002.jsonl"]
    assert bench.good() == 7


@pytest.mark.parametrize("keep", range(1, 170, 12))
def test_K2_a_torn_last_line_is_cut_and_noted(bench: Bench, keep: int) -> None:
    bench.put()
    path = bench.folder / bench.files[0]
    whole = path.read_bytes()
    lines = whole.splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:2]) + lines[2][: min(keep, len(lines[2]) - 1)])

    second = Bench(bench.folder)
    second.put()

    assert (second.tail.seq, [note.event for note in second.tail.notes]) == (2, ["torn_tail_cut"])
    assert second.good() == 5


@pytest.mark.parametrize("torn", [b"\0" * 4096, b"\n\n", b"{}\n", b"\xff" * 50, b'{"seq":4,"ts":"'])
def test_K2_what_a_crash_of_the_machine_leaves_is_cut(bench: Bench, torn: bytes) -> None:
    bench.put()
    path = bench.folder / bench.files[0]
    path.write_bytes(path.read_bytes() + torn)

    second = Bench(bench.folder)
    second.put()

    assert (second.tail.seq, second.good()) == (3, 6)


def test_a_torn_first_line_of_a_segment(bench: Bench) -> None:
    bench.put()
    (bench.folder / "w0-00000002.jsonl").write_bytes(b'{"seq":4')

    second = Bench(bench.folder)
    second.put()

    assert (second.tail.seq, second.good()) == (3, 6)
