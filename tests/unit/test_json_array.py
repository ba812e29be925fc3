"""Cutting a JSON array: however it arrives, the frames are the same, and joined they are the stream again."""

from itertools import pairwise

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lockgate.codec import json_array

ELEMENT = st.dictionaries(
    st.text(max_size=4),
    st.recursive(
        st.text(alphabet='"\\[]{},a\né', max_size=6) | st.integers(0, 99) | st.booleans() | st.none(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text('"\\[]{}', max_size=3), inner, max_size=3),
        max_leaves=6,
    ),
    max_size=4,
)
BETWEEN = st.sampled_from([b",", b"\n,\n", b",\r\n", b" , "])


def cut(raw: bytes, places: list[int]) -> list[bytes]:
    edges = sorted({0, len(raw), *(place % (len(raw) + 1) for place in places)})
    return [raw[a:b] for a, b in pairwise(edges)]


def frames(pieces: list[bytes]) -> list[bytes]:
    splitter = json_array.Splitter()
    return [frame for piece in pieces for frame in splitter.feed(piece)] + list(splitter.end())


@given(st.lists(ELEMENT, max_size=5), BETWEEN, st.lists(st.integers(0, 10_000), max_size=20))
def test_every_element_is_a_frame_however_it_is_cut(elements: list[object], between: bytes, places: list[int]) -> None:
    raw = b"[" + between.join(msgspec.json.encode(element) for element in elements) + b"\n]\n"

    found = frames(cut(raw, places))

    assert [msgspec.json.decode(json_array.data(frame)) for frame in found if json_array.data(frame)] == elements
    assert raw.startswith(b"".join(found))
    assert not raw.removeprefix(b"".join(found)).strip()


@given(st.binary(max_size=60) | st.text('"\\[]{},a ').map(str.encode), st.lists(st.integers(0, 100), max_size=9))
def test_cuts_never_change_the_frames_of_any_bytes(raw: bytes, places: list[int]) -> None:
    assert frames([raw]) == frames(cut(raw, places))


def test_each_byte_alone() -> None:
    raw = b'[{"a":"\\\\\\"]"},{"b":[{}]}]'

    found = frames([raw[i : i + 1] for i in range(len(raw))])

    assert found == [b'[{"a":"\\\\\\"]"}', b',{"b":[{}]}', b"]"]


def test_a_lone_document_is_one_frame() -> None:
    assert frames([b'{"error": {"details": [{}]}}\n']) == [b'{"error": {"details": [{}]}}']


def test_an_element_without_end_is_refused() -> None:
    splitter = json_array.Splitter()
    splitter.feed(b'[{"text":"')

    splitter.feed(b"x" * (json_array.LIMIT - 100))

    with pytest.raises(ValueError, match="no end of an element"):
        splitter.feed(b"x" * 100)


def test_a_cut_element_comes_at_the_end() -> None:
    assert frames([b'[{"a":1},{"b":']) == [b'[{"a":1}', b',{"b":']


def test_what_is_written_is_an_array() -> None:
    writer, empty = json_array.Writer(), json_array.Writer()

    written = writer.element(b"{}") + writer.element(b'{"a":1}') + writer.end()

    assert msgspec.json.decode(written) == [{}, {"a": 1}]
    assert msgspec.json.decode(empty.end()) == []
    assert [json_array.data(frame) for frame in frames([written])] == [b"{}", b'{"a":1}', b""]
