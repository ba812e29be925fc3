"""What the audit log says was charged: outcomes as they are, requests without an end with all they had reserved."""

from pathlib import Path

import msgspec
import pytest
import zstandard

from lockgate.app.restore_limits import charges
from lockgate.app.spend import read, summed
from lockgate.audit.segments import Segment, chunks, listed, pack
from lockgate.core.limit import Charge, Shape

SHAPE = Shape("sliding", 100, 3_600_000_000)


def line(kind: str, name: str, second: int, *amounts: int, **more: object) -> bytes:
    made = [Charge(bytes(16), SHAPE, amount) for amount in amounts]
    fields = {"seq": 1, "ts": f"2026-11-26T10:00:{second:02d}.000Z", "kind": kind, "request_id": name, "charges": made}
    return msgspec.json.encode({**fields, **more}) + b"\n"


def written(folder: Path, name: str, *lines: bytes) -> None:
    (folder / name).write_bytes(b"".join(lines))


def found(folder: Path, since: float = 0) -> list[int]:
    return [charge.amount for charge in charges(folder, since)]


def test_the_outcome_counts_and_a_request_without_one_counts_whole(tmp_path: Path) -> None:
    written(
        tmp_path,
        "w0-00000001.jsonl",
        line("intent", "a", 1, 10),
        line("intent", "b", 2, 20),
        line("outcome", "a", 3, 4),
        line("intent", "c", 4, 30),
        line("outcome", "c", 5),
    )

    assert found(tmp_path) == [4, 20]


def test_an_id_that_a_client_used_again_is_another_request(tmp_path: Path) -> None:
    written(
        tmp_path,
        "w0-00000001.jsonl",
        line("intent", "a", 1, 10),
        line("intent", "a", 2, 11),
        line("outcome", "a", 3, 4),
    )

    assert found(tmp_path) == [4, 11]


def test_I4_a_refusal_under_the_id_of_a_request_is_not_its_end(tmp_path: Path) -> None:
    written(
        tmp_path,
        "w0-00000001.jsonl",
        line("intent", "a", 1, 10),
        line("further", "a", 2, 7),
        line("outcome", "a", 3, admitted=False),
    )

    assert found(tmp_path) == [10, 7]


def test_I4_of_two_requests_under_one_id_the_larger_is_left(tmp_path: Path) -> None:
    lines = [line("intent", "a", 1, 10), line("intent", "a", 2), line("outcome", "a", 3, admitted=True)]
    written(tmp_path, "w0-00000001.jsonl", *lines)

    assert found(tmp_path) == [10]


def test_I4_further_attempts_count_until_their_request_ended(tmp_path: Path) -> None:
    lines = [
        line("intent", "a", 1, 10),
        line("further", "a", 2, 7),
        line("intent", "b", 3, 20),
        line("further", "b", 4, 6),
    ]
    written(tmp_path, "w0-00000001.jsonl", *lines, line("outcome", "a", 5, 4))

    assert found(tmp_path) == [4, 20, 6]


def test_I4_of_two_requests_under_one_id_a_further_attempt_is_dropped_with_the_last(tmp_path: Path) -> None:
    lines = [
        line("intent", "a", 1, 10),
        line("intent", "a", 2, 11),
        line("further", "a", 3, 7),
        line("outcome", "a", 4, 4),
    ]
    written(tmp_path, "w0-00000001.jsonl", *lines)
    assert found(tmp_path) == [4, 11, 7]

    written(tmp_path, "w0-00000001.jsonl", *lines, line("outcome", "a", 5, 3))
    assert found(tmp_path) == [4, 3]


def test_the_lines_of_all_writers_in_the_order_of_their_times_and_what_is_packed(tmp_path: Path) -> None:
    written(tmp_path, "w0-00000002.jsonl", line("outcome", "c", 5, 3), line("outcome", "d", 9, 5))
    written(tmp_path, "w1-00000001.jsonl", line("outcome", "b", 4, 2), line("outcome", "e", 7, 4))
    packed = zstandard.ZstdCompressor().compress(line("outcome", "a", 1, 1))
    (tmp_path / "w0-00000001.jsonl.zst").write_bytes(packed)

    assert found(tmp_path) == [1, 2, 3, 4, 5]
    assert next(iter(charges(tmp_path))).at == 1_795_687_201_000_000


def test_a_line_that_was_cut_and_a_damaged_segment_are_no_end(tmp_path: Path) -> None:
    written(tmp_path, "w0-00000001.jsonl", line("outcome", "a", 1, 1), line("outcome", "b", 2, 2)[:-30])
    (tmp_path / "w1-00000001.jsonl.zst").write_bytes(b"nonsense")

    assert found(tmp_path) == [1]


def test_what_no_window_reaches_is_left_out(tmp_path: Path) -> None:
    written(tmp_path, "w0-00000001.jsonl", line("outcome", "a", 1, 1), line("outcome", "b", 30, 2))

    assert found(tmp_path, since=1_795_687_215.0) == [2]
    assert found(tmp_path / "nothing") == []


def packed_meanwhile(folder: Path, name: str) -> None:
    pack(folder / name, folder / f"{name}.zst")
    (folder / name).unlink()


def test_a_segment_that_is_packed_while_others_are_read_is_read_all_the_same(tmp_path: Path) -> None:
    """A gateway packs what is closed: whoever listed the segments before would miss what was spent, or see damage."""
    written(tmp_path, "w0-00000001.jsonl", line("intent", "a", 1, 10), line("outcome", "a", 2, 4, admitted=True))
    written(tmp_path, "w0-00000002.jsonl", line("intent", "b", 3, 20), line("outcome", "b", 4, 5, admitted=True))
    lines, given = read(tmp_path), charges(tmp_path)
    first, amount = next(lines), next(given).amount

    packed_meanwhile(tmp_path, "w0-00000002.jsonl")

    assert [amount, *(charge.amount for charge in given)] == [4, 5]
    assert sum(each.requests for each in summed([first, *lines], lambda _: ()).values()) == 2


def test_a_segment_that_is_gone_is_no_empty_one(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        next(chunks(Segment("w0", 1, tmp_path / "w0-00000001.jsonl")))
    assert not listed(tmp_path)
