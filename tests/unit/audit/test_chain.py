"""Lines of the log: numbered, dated, sealed; and one line each, whatever is in them."""

import hashlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lockgate.audit.chain import START, Chain, ChainKey, Dates
from lockgate.core.sink import Attempt, Event, Found, Record, Tail

KEY = ChainKey("0123abcd", b"k" * 32)
NASTY = ["a\nb", "\x1b[2J\x1b]0;x\x07", "\u2028\u2029\x85", "x" * (1 << 20), "\x00\x7f\x9b31m", '"},{"', "\U0001f600"]


def lines(*records: Record | Event) -> list[bytes]:
    text, _ = Chain("w0", KEY, Tail()).lines(records)
    return text.splitlines(keepends=True)


def record(**fields: object) -> Record:
    return Record(**{"ts": 1.0, "kind": "outcome", "request_id": "r", **fields})  # type: ignore[arg-type]


def test_each_line_carries_the_seal_of_the_one_before() -> None:
    before = START
    for number, line in enumerate(lines(record(), record(status=200), Event(ts=2.0, event="stop")), 1):
        read = json.loads(line)
        assert (read["seq"], read["prev"], read["writer"], read["chain"]) == (number, before, "w0", "0123abcd")
        content = line[: line.index(b',"seal":')]
        digest = hashlib.sha256(b"\0" + content).digest()
        before = hashlib.blake2s(digest, key=b"k" * 32, digest_size=16).hexdigest()
        assert read["seal"] == before


@pytest.mark.parametrize("text", NASTY, ids=range(len(NASTY)))
def test_S37_whatever_a_client_sends_is_one_line_of_printable_ascii(text: str) -> None:
    found = record(model=text, lost=(text,), findings=(Found(text, text, text, "mask"),), attempts=(Attempt(text),))

    (line,) = lines(found)

    assert line.endswith(b"}\n")
    assert all(0x20 <= byte < 0x7F for byte in line[:-1])
    assert len(line.decode().splitlines()) == 1
    assert (json.loads(line)["model"], json.loads(line)["lost"]) == (text, [text])


@given(st.lists(st.text(), min_size=1, max_size=3))
def test_S37_any_text_comes_back_as_it_was(texts: list[str]) -> None:
    clean = [text.encode("utf-8", "replace").decode() for text in texts]

    assert [json.loads(line)["lost"] for line in lines(*(record(lost=(text,)) for text in clean))] == [
        [t] for t in clean
    ]


def test_a_record_that_cannot_be_written_leaves_its_id() -> None:
    first, second = lines(record(request_id="r1", model="\ud800"), record(request_id="r2"))

    assert (json.loads(first)["event"], json.loads(first)["request_id"]) == ("record_not_encodable", "r1")
    assert json.loads(second)["request_id"] == "r2"


@pytest.mark.parametrize(
    ("at", "text"),
    [
        (0.0, "1970-01-01T00:00:00.000Z"),
        (1_767_225_599.9996, "2026-01-01T00:00:00.000Z"),
        (1_767_225_600.001, "2026-01-01T00:00:00.001Z"),
        (4_102_444_800.5, "2100-01-01T00:00:00.500Z"),
    ],
)
def test_dates(at: float, text: str) -> None:
    assert Dates().text(at).decode() == text


@given(st.binary(min_size=32, max_size=32), st.binary(max_size=100))
def test_a_seal_that_was_begun_before_is_the_same(secret: bytes, digest: bytes) -> None:
    key = ChainKey("0123abcd", secret)
    seal = key.sealing()

    assert [seal(digest), seal(digest + b"x")] == [key.seal(digest), key.seal(digest + b"x")]
