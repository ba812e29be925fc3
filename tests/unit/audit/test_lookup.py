"""One request's records, with where they stand in the log."""

from pathlib import Path

import pytest

from lockgate.audit.lookup import RECORDS, lookup
from tests.unit.audit.test_pages import write
from tests.unit.audit.test_tree_verify import Log


def test_a_record_is_found_with_its_leaf(tmp_path: Path) -> None:
    log = Log(tmp_path / "audit")
    log.write(rounds=2)
    log.write(rounds=1)
    (log.folder / "checkpoint").write_text(log.kept[1])  # as it was when the second round was signed

    looked = lookup(log.folder, "w1-3")

    assert looked.whole
    assert [(each.found.seq, each.segment, each.leaf, each.signed) for each in looked.records] == [
        (4, "w1-00000001.jsonl", 1, True),
        (24, "w1-00000001.jsonl", 3, True),
        (44, "w1-00000001.jsonl", 5, False),
    ]


def test_packed_and_repeated_lines_are_found_once(tmp_path: Path) -> None:
    write(tmp_path, {"w0": [4, 4, 4], "w1": [2]}, repeated=2)

    for request in ("w0-1-0", "w0-1-3", "w0-2-0", "w0-2-3", "w0-3-3", "w1-1-1"):
        (only,) = lookup(tmp_path, request).records
        assert (only.found.record["request_id"], only.leaf, only.signed) == (request, None, False)
    assert lookup(tmp_path, "w0-1") == ([], True)


def test_the_newest_are_looked_through_first_and_not_without_end(tmp_path: Path) -> None:
    write(tmp_path, {"w0": [4, 4, 4]})

    assert len(lookup(tmp_path, "w0-3-1", 1).records) == 1
    assert lookup(tmp_path, "w0-1-1", 1) == ([], False)


def test_an_id_that_comes_again_and_again_is_not_shown_without_end(tmp_path: Path) -> None:
    log = Log(tmp_path / "audit")
    log.write(rounds=RECORDS + 5, records=1)
    file = log.folder / "w0-00000001.jsonl"
    file.rename(log.folder / "w0-00000002.jsonl")
    (log.folder / "w0-00000001.jsonl").write_bytes(b"")

    looked = lookup(log.folder, "w0-0")

    assert (len(looked.records), looked.whole) == (RECORDS, False)
    assert looked.records[-1].found.seq == RECORDS + 5


def test_a_line_that_is_none_is_said(tmp_path: Path) -> None:
    (tmp_path / "w0-00000001.jsonl").write_bytes(b'{"request_id":"a", and more\n')

    with pytest.raises(ValueError, match="w0-00000001"):
        lookup(tmp_path, "a")
