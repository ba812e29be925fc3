"""Streams that end, fail or break off: an end is only what the upstream said is one."""

import pytest

from lockgate.core.events import Ended, Finished
from lockgate.core.problem import Kind, Problem
from tests.unit.dialects.openai_chat.drive import DONE, decoded, delta


def test_done_without_a_finish_is_an_end() -> None:
    assert decoded([delta(content="a"), DONE])[-2:] == [Finished("stop"), Ended()]


@pytest.mark.parametrize(
    "pieces",
    [
        [],
        [delta(content="a")],
        [delta("stop"), delta(index=1, content="b")],
        [b"data: {\n\n"],
        [b"data: [5]\n\n"],
        [b'data: {"choices":5}\n\n'],
        [DONE],
        [b"<html>\n\n"],
        [b'data: {"choices":[{"delta":{"content":5}}]}\n\n'],
    ],
)
def test_what_is_cut_or_nonsense_never_ends_well(pieces: list[bytes]) -> None:
    with pytest.raises(Problem) as caught:
        decoded(pieces)

    assert (caught.value.kind, caught.value.source) == (Kind.BAD_UPSTREAM, "upstream")


@pytest.mark.parametrize(
    ("frame", "status"),
    [
        (b'data: {"error":{"message":"no","code":"x"}}\n\n', 502),
        (b'event: error\ndata: {"error":{"message":"no","code":429}}\n\n', 429),
        (b'data: {"id":"1","choices":[{"delta":{}}],"error":{"message":"no","code":503}}\n\n', 503),
        (b'data: {"object":"error","message":"no"}\n\n', 502),
        (b'data: {"error":"no"}\n\n', 502),
    ],
)
def test_error_events(frame: bytes, status: int) -> None:
    with pytest.raises(Problem) as caught:
        decoded([delta(content="a"), frame, DONE])

    problem = caught.value
    assert (problem.kind, problem.detail, problem.status) == (Kind.UPSTREAM_ERROR, "no", status)


def test_the_first_finish_is_the_one() -> None:
    assert decoded([delta("length", content="a"), delta("stop"), DONE])[-2] == Finished("length")
