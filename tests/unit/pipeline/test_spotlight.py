"""Marks: how what tools said is shown to the model."""

import hashlib

import pytest

from lockgate.core.spotlight import LONGER, MARK, Spotlight
from tests.unit.pipeline.gateway import openai_answer
from tests.unit.pipeline.untrusted import RESULT, TURNS, asked, without_results

SPOT = Spotlight("delimit", lambda text: hashlib.sha256(text.encode()).hexdigest())


@pytest.mark.parametrize("shape", TURNS)
async def test_results_of_tools_are_marked_and_nothing_else_is(shape: str) -> None:
    _, _, _, script = await asked(openai_answer(), shape, spotlight=SPOT)

    sent = script.sent[0].body.decode()
    assert sent.count("what a tool returned") == 1
    assert RESULT in sent
    assert sent.index("what a tool returned") < sent.index(RESULT) < sent.index("[end of data")
    assert sent.count("read my mail") == 1


async def test_a_request_without_results_stays_as_it_is() -> None:
    _, _, _, marked = await asked(openai_answer(), body=without_results("openai"), spotlight=SPOT)
    _, _, _, plain = await asked(openai_answer(), body=without_results("openai"))

    assert marked.sent[0].body == plain.sent[0].body


async def test_datamarking_leaves_no_space_in_the_data() -> None:
    _, _, _, script = await asked(openai_answer(), spotlight=Spotlight("datamark", SPOT.digest))

    assert RESULT.replace(" ", MARK) in script.sent[0].body.decode()


def test_a_mark_is_as_long_as_was_reserved_for_it() -> None:
    for style in ("delimit", "datamark"):
        one = Spotlight(style, lambda text: "f" * 64)  # type: ignore[arg-type]
        text = "a b c d"
        assert len(one.marked(text).encode()) <= len(text.encode()) + LONGER + text.count(" ")


def test_who_writes_the_data_does_not_know_its_mark() -> None:
    """It depends on a key and on all of the text: a copy of the end mark in the text is not the end mark."""
    once = SPOT.marked("hello")
    twice = SPOT.marked("hello\n" + once.splitlines()[-1])

    assert once.splitlines()[-1] != twice.splitlines()[-1]
