"""Pages of the log: each wanted record once and in order, whatever the sizes of segments, pages and what one may cost."""

import tempfile
from pathlib import Path

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from lockgate.audit.chain import Chain, ChainKey
from lockgate.audit.pages import MARGIN, Page, page, places
from lockgate.audit.reading import Wanted, read
from lockgate.core.sink import Record, Tail

KEY = ChainKey("0123abcd", b"k" * 32)


def write(folder: Path, sizes: dict[str, list[int]], *, step: float = 60.0, repeated: int = 0) -> None:
    """Segments of so many lines for each writer, a line every `step` seconds; the even ones are packed.

    `repeated`: so many lines of a segment's end come again in the next, as after a flush that failed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for place, (writer, counts) in enumerate(sizes.items()):
        chain, at, before = Chain(writer, KEY, Tail()), 1e9 + place, b""
        for number, count in enumerate(counts, 1):
            rows = [
                Record(ts=at + step * n, kind="outcome", request_id=f"{writer}-{number}-{n}", status=200 + n % 2)
                for n in range(count)
            ]
            at += step * count
            text = chain.lines(rows)[0]
            lines = b"".join(before.splitlines(keepends=True)[-repeated:]) if repeated else b""
            name = folder / f"{writer}-{number:08d}.jsonl"
            if number % 2:
                name.write_bytes(lines + text)
            else:
                name.with_name(f"{name.name}.zst").write_bytes(zstandard.compress(lines + text))
            before = text


def walk(folder: Path, wanted: Wanted, limit: int, budget: int) -> list[Page]:
    pages = [page(folder, wanted, limit, {}, budget)]
    while pages[-1].more:
        assert len(pages) < 500
        pages.append(page(folder, wanted, limit, places(pages[-1].next), budget))
    return pages


@pytest.fixture(scope="module")
def spacious(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("logs")


@given(
    st.lists(st.lists(st.integers(0, 9), max_size=4), min_size=1, max_size=3),
    st.tuples(st.integers(1, 7), st.sampled_from((1, 900, 1 << 20))),
    st.sampled_from(("", "200")),
    st.integers(0, 2),
)
def test_pages_together_are_the_whole_log(
    spacious: Path, sizes: list[list[int]], bounds: tuple[int, int], status: str, repeated: int
) -> None:
    folder, limit = Path(tempfile.mkdtemp(dir=spacious)), bounds[0]
    write(folder, {f"w{number}": counts for number, counts in enumerate(sizes)}, repeated=repeated)
    wanted = Wanted(status=status)

    pages = walk(folder, wanted, *bounds)

    assert [each.line for one in pages for each in one.found] == [each.line for each in read(folder, wanted)]
    assert all(len(one.found) <= limit for one in pages)


def test_what_came_after_the_end_is_on_the_next_page(tmp_path: Path) -> None:
    write(tmp_path, {"w0": [3]})
    first = page(tmp_path, Wanted(), 10, {})
    write(tmp_path, {"w0": [3, 2], "w1": [1]})

    later = page(tmp_path, Wanted(), 10, places(first.next))

    assert (len(first.found), first.more) == (3, False)
    assert {each.record["request_id"] for each in later.found} == {"w0-2-0", "w0-2-1", "w1-1-0"}


def test_segments_before_the_time_and_before_the_place_are_not_read(tmp_path: Path) -> None:
    write(tmp_path, {"w0": [40, 40, 40]})
    damaged = tmp_path / "w0-00000001.jsonl"
    damaged.write_bytes(damaged.read_bytes().replace(b'{"seq":7,', b'{"sex":7,'))
    since = "2001-09-09T03:30:00.000Z"  # in the third; a quarter of an hour before is, too
    assert MARGIN.total_seconds() == 900

    found = page(tmp_path, Wanted(since=since), 100, {})
    behind = page(tmp_path, Wanted(), 100, {"w0": 50})

    assert [each.ts for each in found.found] == [each.ts for each in behind.found if each.ts >= since]
    assert (found.found[0].seq, behind.found[0].seq, len(behind.found)) == (105, 51, 70)
    with pytest.raises(ValueError, match="there is a line that is not one of the log"):
        page(tmp_path, Wanted(), 100, {})


@pytest.mark.parametrize("text", ["w0", "w0.x", "w0.1-", "W0.1", "w0.1,w1.2", "../w0.1", "w0." + "9" * 19])
def test_what_is_no_place_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="cursor"):
        places(text)
