"""Questions that mean the same: what is given again, when nobody is asked for a vector, and what a failure costs."""

import pytest

from lockgate.stores.answers.similar import MOST
from tests.unit.pipeline.alike import AGAIN, FIRST, OTHER, house
from tests.unit.pipeline.gateway import openai_answer
from tests.unit.pipeline.kept import said


async def test_a_question_that_means_the_same_is_answered_from_memory() -> None:
    gateway = house()

    first = await gateway.say(FIRST)
    gateway.clock.later = 7
    outcome, similarity, answer = await gateway.say(AGAIN)

    assert first[:2] == (b"miss", b"")
    assert (outcome, similarity) == (b"hit", b"0.995")
    assert answer == first[2]
    assert gateway.calls == 1
    record = gateway.notebook.records[-1]
    assert (record.cache, record.similar, record.similarity) == ("hit", "hit", 0.995)


async def test_the_same_question_needs_no_vector() -> None:
    gateway = house()
    await gateway.say(FIRST)
    gateway.meanings.asked.clear()

    outcome, similarity, _ = await gateway.say(FIRST)

    assert (outcome, similarity, gateway.meanings.asked) == (b"hit", b"", [])


async def test_nobody_waits_for_a_vector_where_nothing_could_be_given() -> None:
    """It is asked for behind the answer, and once."""
    gateway = house()
    reply, _ = await gateway.ask(messages=[{"role": "user", "content": FIRST}])

    assert gateway.meanings.asked == []
    await gateway.index.settled()
    assert gateway.meanings.asked == [FIRST]
    assert said(reply) == b"miss"


async def test_what_means_something_else_is_asked() -> None:
    gateway = house()
    await gateway.say(FIRST)

    outcome, _, answer = await gateway.say(OTHER)

    assert outcome == b"miss"
    assert b"two" in answer
    assert gateway.notebook.records[-1].similar == "miss"


@pytest.mark.parametrize(
    ("wish", "outcome"), [(b"no-cache", b"miss"), (b"no-store", b"bypass"), (b"max-age=5", b"miss")]
)
async def test_what_a_client_says_holds_for_meaning_too(wish: bytes, outcome: bytes) -> None:
    gateway = house()
    await gateway.say(FIRST)
    gateway.clock.later = 7

    assert (await gateway.say(AGAIN, (b"cache-control", wish)))[0] == outcome


async def test_an_old_answer_is_not_given() -> None:
    gateway = house()
    await gateway.say(FIRST)
    gateway.clock.later = 61

    assert (await gateway.say(AGAIN))[0] == b"miss"


async def test_a_server_that_is_away_costs_a_hit_and_no_request() -> None:
    gateway = house()
    await gateway.say(FIRST)
    gateway.meanings.away = True

    outcome, _, answer = await gateway.say(AGAIN)

    assert outcome == b"miss"
    assert b"two" in answer
    assert gateway.notebook.records[-1].similar == "failed"


async def test_a_vector_of_another_length_is_like_none() -> None:
    gateway = house()
    await gateway.say(FIRST)
    gateway.meanings.length = 5

    assert (await gateway.say(AGAIN))[0] == b"miss"


async def test_a_stream_is_given_and_given_again() -> None:
    gateway = house()
    await gateway.say(FIRST)

    outcome, _, body = await gateway.say(AGAIN, stream=True)

    assert outcome == b"hit"
    assert body.startswith(b"data: {")
    assert body.rstrip().endswith(b"data: [DONE]")
    assert b"one" in body


async def test_a_bucket_keeps_its_newest() -> None:
    gateway = house()
    gateway.script.answers = [openai_answer(str(number)) for number in range(MOST + 3)]
    for number in range(MOST + 1):
        await gateway.say(f"{FIRST} ({number})")

    newest = await gateway.say(f"{AGAIN} ({MOST})")
    oldest = await gateway.say(f"{AGAIN} (0)")

    assert (newest[0], oldest[0]) == (b"hit", b"miss")
