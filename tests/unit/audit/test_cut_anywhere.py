"""K2: wherever a file ends after a crash, the next process goes on behind its last whole line, and all of it verifies."""

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.audit.bench import Bench


@settings(deadline=None, max_examples=40)
@given(st.integers(1, 4), st.integers(0, 2500), st.binary(max_size=40))
def test_K2_a_segment_that_ends_anywhere(rounds: int, cut: int, rest: bytes) -> None:
    with TemporaryDirectory() as folder:
        bench = Bench(Path(folder) / "audit")
        for _ in range(rounds):
            bench.put()
        bench.sink.close()
        path = bench.folder / bench.files[0]
        raw = path.read_bytes()
        kept = raw[: min(cut, len(raw))]
        path.write_bytes(kept + rest)

        second = Bench(bench.folder)
        second.put()
        second.sink.close()

        assert second.tail.seq - kept.count(b"\n") in (0, 1)  # one more when `rest` ends the last line
        assert second.good() == second.tail.seq + 3
