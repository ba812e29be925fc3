"""Frames that pass verbatim are looked at, never decoded for nothing and never misread."""

import pytest

from lockgate.core.answer import Usage
from lockgate.core.dialect import Watch
from lockgate.core.problem import Kind
from lockgate.dialects.openai_chat import plugin
from tests.unit.dialects.openai_chat.drive import DONE, chunk, delta


def watched(*frames: bytes) -> Watch:
    watch = plugin.watch()
    for frame in frames:
        watch.feed(frame)
    return watch


def test_nothing_seen() -> None:
    watch = watched(delta(content="a"), b": ping\n\n", b'data: {"usage":null,"choices":[]}\n\n')

    assert (watch.usage, watch.ended, watch.failed) == (None, False, None)


def test_counts_are_merged() -> None:
    first = b'data: {"choices":[],"usage":{"prompt_tokens":5,"completion_tokens":1}}\n\n'
    second = b'data: {"choices":[],"usage": {"prompt_tokens":5,"completion_tokens":7}}\n\n'

    assert watched(first, second, DONE).usage == Usage(5, 7)


@pytest.mark.parametrize(
    "end", [DONE, b"data: [DONE]\r\n\r\n", delta("stop"), b'data: {"choices":[{"finish_reason":"x"}]}\n\n']
)
def test_ends(end: bytes) -> None:
    assert watched(delta(content="a"), end, b": ping\n\n").ended


def test_another_choice_goes_on() -> None:
    assert not watched(delta("stop"), delta(index=1, content="b")).ended
    assert watched(delta("stop"), delta(index=1, content="b"), delta("stop", 1)).ended
    assert watched(delta("stop"), delta(), chunk(choices=[])).ended


@pytest.mark.parametrize(
    "frame",
    [b'data: {"error":{"message":"no","code":429}}\n\n', b'event: error\ndata: {"object":"error","message":"no"}\n\n'],
)
def test_errors(frame: bytes) -> None:
    failed = watched(delta(content="a"), frame).failed

    assert failed is not None
    assert (failed.kind, failed.detail) == (Kind.UPSTREAM_ERROR, "no")


def test_words_of_the_model_are_not_keys() -> None:
    watch = watched(
        delta(content='"error" "usage": {"prompt_tokens":9} "finish_reason":"stop" [DONE]'),
        b'data: {"choices":[{"delta":{"content":"x"}}],"error":null}\n\n',
        b'data: {"error" nonsense that is long enough to be looked at\n\n',
    )

    assert (watch.usage, watch.ended, watch.failed) == (None, False, None)
