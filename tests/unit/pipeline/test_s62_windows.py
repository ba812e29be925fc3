"""S62 with guards elsewhere: wherever a stream is cut and a window ends, nothing of a finding leaves."""

import asyncio
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lockgate.core.events import TextDelta
from lockgate.pipeline.hold import Release
from lockgate.pipeline.ledger import Ledger
from lockgate.pipeline.verdicts import TAIL
from lockgate.pipeline.windows import MOST_CHARACTERS, MOST_FRAMES, Windows
from tests.fakes import Script
from tests.unit.pipeline.elsewhere import Detective, ask, remote
from tests.unit.pipeline.gateway import chat, openai_stream
from tests.unit.pipeline.test_consult_streams import BIRD, said


@given(
    words=st.lists(st.sampled_from([BIRD, " ", "x", "night", "ingale", "é ", "y" * 150]), max_size=30),
    cuts=st.lists(st.integers(0, 2000), max_size=12),
    window=st.sampled_from([0, 200, 250]),
)
def test_however_it_is_cut_the_client_sees_the_whole_text_masked(
    words: list[str], cuts: list[int], window: int
) -> None:
    text = "".join(words)
    edges = sorted({0, len(text), *(cut % (len(text) + 1) for cut in cuts)})
    pieces = [text[start:end] for start, end in pairwise(edges)]

    _, body, _ = asyncio.run(
        ask(
            Script(openai_stream(*pieces)),
            chat("fast", stream=True),
            remote(Detective(), "mask", "response", window=window),
        )
    )

    assert said(body) == text.replace(BIRD, "[BIRD]")


@pytest.mark.parametrize("action", ["mask", "block"])
async def test_S62_wherever_a_window_ends_nothing_of_a_finding_leaves(action: Any) -> None:
    for offset in range(185, 330, 2):
        text = "x" * offset + BIRD + "y" * 350
        pieces = [text[at : at + 3] for at in range(0, len(text), 3)]

        far = remote(Detective(), action, "response", window=200)
        _, body, _ = await ask(Script(openai_stream(*pieces)), chat("fast", stream=True), far)

        if action == "mask":
            assert said(body) == text.replace(BIRD, "[BIRD]")
        else:
            assert set(said(body)) <= {"x"}


def test_a_stream_without_an_end_is_not_held_without_an_end() -> None:
    frames, words = Windows(0, Ledger("", 0, 0)), Windows(0, Ledger("", 0, 0))

    for _ in range(MOST_FRAMES - 1):
        frames.take(Release(None, (TextDelta("x"),)))
    words.take(Release(None, (TextDelta("x" * MOST_CHARACTERS),)))
    assert not frames.due
    assert not words.due

    frames.take(Release(None, (TextDelta("x"),)))
    words.take(Release(None, (TextDelta("x" * TAIL),)))
    assert frames.due
    assert words.due
