"""Golden wire files for every pair of dialects: what is said in one, in the words of each of the others.

`<case>.<kind>.json|txt` of a dialect's folder is the source, `<case>.<kind>.to_<other>.json|txt` what it becomes, and
`<case>.<kind>.to_<other>.lost.txt` names what was lost, one a line, where something was. `pytest tests/wire/test_pairs.py
--golden-update` writes them anew: then the diff is what has to be read.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec
import pytest

from lockgate.core.dialect import Encoded
from tests.wire import carry

HERE = Path(__file__).parent
KINDS = {"request": "json", "answer": "json", "stream": "txt"}


class Pair(NamedTuple):
    """A source, what kind of document it is, and where it goes."""

    path: Path
    kind: str
    other: str

    @property
    def dialect(self) -> str:
        return self.path.parent.name

    @property
    def golden(self) -> Path:
        return self.path.with_name(f"{self.path.stem}.to_{self.other}{self.path.suffix}")

    @property
    def lost(self) -> Path:
        return self.path.with_name(f"{self.path.stem}.to_{self.other}.lost.txt")


def pairs() -> Iterator[Pair]:
    for one, other in carry.PAIRS:
        for kind, ending in KINDS.items():
            for path in sorted((HERE / one).glob(f"*.{kind}.{ending}")):
                yield Pair(path, kind, other)


ALL = list(pairs())


def carried(pair: Pair) -> Encoded:
    raw = pair.path.read_bytes()
    if pair.kind == "stream":
        return carry.stream(pair.dialect, pair.other, [raw], array=pair.path.name.startswith("array"))
    encoded = (carry.request if pair.kind == "request" else carry.answer)(pair.dialect, pair.other, raw)
    return Encoded(msgspec.json.format(encoded.wire, indent=2) + b"\n", encoded.lost)


def name(pair: Pair) -> str:
    return f"{pair.dialect}/{pair.golden.name}"


@pytest.mark.parametrize("pair", ALL, ids=name)
def test_it_is_said_as_the_golden_file_says_it(pair: Pair, golden_update: bool) -> None:
    encoded = carried(pair)
    lost = "".join(f"{name}\n" for name in encoded.lost)

    if golden_update:
        pair.golden.write_bytes(encoded.wire)
        pair.lost.unlink(missing_ok=True)
        if lost:
            pair.lost.write_text(lost)
    assert pair.golden.read_bytes() == encoded.wire
    assert (pair.lost.read_text() if pair.lost.exists() else "") == lost


def test_no_golden_file_is_without_its_source() -> None:
    known = {path for pair in ALL for path in (pair.golden, pair.lost)}

    assert set(HERE.glob("*/*.to_*")) <= known


def test_every_kind_of_every_dialect_is_carried() -> None:
    assert {(pair.dialect, pair.other, pair.kind) for pair in ALL} == {
        (one, other, kind) for one, other in carry.PAIRS for kind in KINDS
    }
