"""S46, S47: a body may be only so deep and have only so many values."""

import time
import tracemalloc

import pytest

from lockgate.core import strict
from lockgate.core.body import head, parse
from lockgate.core.problem import Problem
from tests.unit.bodies import refused


@pytest.mark.parametrize("filler", [b"", b'"pad":[' + b"[]," * 64 + b"[]],"])
@pytest.mark.parametrize("leaf", [b"1", b"[]", b"{}"])
@pytest.mark.parametrize("pair", [(b"[", b"]"), (b'{"a":', b"}")])
def test_S46_depth_64_is_taken_and_65_refused(pair: tuple[bytes, bytes], leaf: bytes, filler: bytes) -> None:
    def nested(levels: int) -> bytes:
        inner = levels - (1 if leaf == b"1" else 2)
        return b"{" + filler + b'"x":' + pair[0] * inner + leaf + pair[1] * inner + b"}"

    for levels in (2, 62, 63, 64):
        assert parse(head(nested(levels))).wire() == nested(levels)
    for levels in (65, 66, 150, 200, 201, 202, 203, 5000):
        assert refused(nested(levels)) == "the body is nested deeper than 64 levels"


def test_S46_deep_and_wrong_is_refused_for_what_is_wrong() -> None:
    raw = b'{"x":' + b"[" * 63 + b"1" + b"]" * 63 + b',"y":[' + b"{}," * 20 + b"nope]}"

    assert refused(raw).startswith("the body is not valid JSON: see line 1 column ")


def test_S46_brackets_in_strings_are_no_depth() -> None:
    raw = rb'{"x":"' + rb"[{\"[\\" * 1000 + b'"}'

    assert head(raw).wire() == raw


def test_S46_a_body_cannot_close_what_the_check_opened_around_it() -> None:
    room = len(strict._BEFORE)
    for outside in (1, room, room + 5):
        raw = b"{" + b'"a":[' + b"[]," * 80 + b"[]]}" + b"]" * outside + b"," + b"[" * outside + b"1"
        refused(raw)
        with pytest.raises(Problem):
            strict.check(raw)


@pytest.mark.parametrize("value", [b"[]", b"{}", b'""', b"0"])
def test_S47_ten_megabytes_of_small_values_are_refused_fast_and_small(value: bytes) -> None:
    raw = b'{"model":"m","x":[' + (value + b",") * (10 * 1024 * 1024 // (len(value) + 1)) + b"[]]}"
    refused(raw)  # warm

    best = min(_seconds(raw) for _ in range(3))
    tracemalloc.start()
    detail = refused(raw)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert detail == "the body has more than 200000 values"
    assert best < 0.15
    assert peak < 50 * 1024 * 1024


@pytest.mark.parametrize("value", [b'""', b'"\\"\\\\"', b"0", b"{}", b'{"":0}', b"[0]", b'"[,{"'])
def test_S47_values_are_counted_whatever_they_are(value: bytes) -> None:
    def body(count: int) -> bytes:
        return b'{"x":[' + b",".join([value] * count) + b"]}"

    assert refused(body(200_001)) == "the body has more than 200000 values"
    assert head(body(60_000)).top["x"]


def test_S47_many_commas_in_texts_are_not_many_values() -> None:
    for text in (b",", rb"\",", rb"\\,", b"[{,", b"a,b; "):
        raw = b'{"x":"' + text * 300_000 + b'"}'

        assert head(raw).wire() == raw


def _seconds(raw: bytes) -> float:
    began = time.process_time()
    refused(raw)
    return time.process_time() - began
