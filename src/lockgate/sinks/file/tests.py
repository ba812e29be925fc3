"""What holds for the segments: their files, their sizes, and how a process goes on after another."""

from pathlib import Path

import pytest

from lockgate.sinks.file.sink import Limits
from tests.unit.audit.bench import Bench


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path / "audit")


def test_lines_are_there_when_write_returns(bench: Bench) -> None:
    bench.put()

    assert bench.good() == 3
    assert (bench.folder / "w0-00000001.jsonl").stat().st_mode & 0o777 == 0o600


def test_segments_are_closed_at_their_size_and_packed(tmp_path: Path) -> None:
    bench = Bench(tmp_path, limits=Limits(500, 3600, pack=True))
    for _ in range(4):
        bench.put()
    bench.sink.close()

    assert [name.endswith(".zst") for name in bench.files] == [True, True, True, False]
    assert bench.good() == 12


def test_the_next_process_goes_on_also_behind_a_packed_segment(tmp_path: Path) -> None:
    bench = Bench(tmp_path, limits=Limits(500, 3600, pack=True))
    bench.put()
    bench.put()
    bench.sink.close()
    (tmp_path / bench.files[-1]).unlink()

    second = Bench(tmp_path)
    second.put()

    assert second.tail.seq == 3
    assert second.good() == 6


def test_the_reserve_is_there_until_it_is_needed(bench: Bench) -> None:
    assert (bench.folder / "w0.reserve").stat().st_size == 65536

    bench.sink.release()

    assert not (bench.folder / "w0.reserve").exists()
