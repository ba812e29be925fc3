"""What a client is told of the way that its answer took: which provider, after how many attempts, for how much."""

from tests.fakes import Answered, Script
from tests.unit.pipeline.gateway import chat, claude_stream, openai_answer, told
from tests.unit.pipeline.limited import Shop

WAY = (b"x-lockgate-target", b"x-lockgate-attempts", b"x-lockgate-cost", b"via")


async def test_a_whole_answer_tells_all_of_it() -> None:
    """7 tokens at a tenth of a cent."""
    reply, _ = await Shop().ask(Script(openai_answer()), chat("cheap"))

    assert [told(reply, name) for name in WAY] == [b"oai", b"1", b"0.007", b"1.1 lockgate"]


async def test_a_stream_tells_what_is_known_when_it_begins_and_no_price_is_no_header() -> None:
    reply, _ = await Shop().ask(Script(Answered(503), claude_stream("x")), chat("both", stream=True))
    other, _ = await Shop().ask(Script(openai_answer()), chat("fast"))

    assert [told(reply, name) for name in WAY] == [b"ant", b"2", b"", b"1.1 lockgate"]
    assert told(other, b"x-lockgate-cost") == b""


async def test_who_is_refused_here_hears_of_nobody() -> None:
    reply, _ = await Shop().ask(Script(), chat("nowhere"))

    assert [told(reply, name) for name in WAY] == [b"", b"", b"", b""]


async def test_an_operator_may_keep_it_back() -> None:
    reply, _ = await Shop().ask(Script(openai_answer()), chat("discreet"))

    assert [told(reply, name) for name in WAY] == [b"", b"", b"", b""]
