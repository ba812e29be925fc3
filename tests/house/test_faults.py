"""docs/faults.md has every row of the list of faults, and names tests that exist."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "faults.md").read_text()
ROWS = dict(re.findall(r"^\| ([A-Z]\d+) \|(.*)$", TEXT, re.MULTILINE))
MOST = {"U": 17, "R": 5, "P": 2, "D": 4, "K": 9, "C": 6}
NAMED = re.compile(r"`(test_\w+)`")


@pytest.mark.parametrize("row", [f"{kind}{number}" for kind, most in MOST.items() for number in range(1, most + 1)])
def test_a_row_has_a_test_by_its_id_or_says_why_not(row: str) -> None:
    own = [name for name in NAMED.findall(ROWS[row]) if re.search(rf"_{row}(_|$)", name, re.IGNORECASE)]

    assert own or "not held, because" in ROWS[row]


def test_every_test_that_is_named_exists() -> None:
    files = [*(ROOT / "tests").rglob("*.py"), *(ROOT / "src").rglob("tests.py")]
    known = {name for file in files for name in re.findall(r"def (test_\w+)\(", file.read_text())}

    assert sorted(set(NAMED.findall(TEXT)) - known) == []


def test_every_line_of_open_or_closed_has_a_test() -> None:
    lines = re.findall(r"^\|(?! -|-| what is away)(.*)\|$", TEXT.partition("## Open or closed")[2], re.MULTILINE)

    assert len(lines) > 10
    assert [line for line in lines if not NAMED.search(line) and "not needed" not in line] == []
