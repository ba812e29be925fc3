"""S79: what an upstream holds is asked for where it is, or not at all; and everything else that holds on this way, too."""

from typing import Any

import openai
import pytest

from tests.e2e.held_answers import ALICE, BOB, CAROL, DAVE, Plant, ask, plant, served

__all__ = ["plant", "served"]

WEATHER = {"type": "function", "name": "weather", "parameters": {"type": "object"}, "strict": False}


def test_S79_what_another_account_thought_is_left_out_and_said(plant: Plant) -> None:
    first = ask(plant, "turns", "hi")
    owner = plant.upstream.asked[-1][0]
    turn = [{"role": "user", "content": "hi"}, *[item.model_dump(exclude_none=True) for item in first.output]]
    plant.upstream.down = {owner}

    got = plant.client(ALICE).responses.with_raw_response.create(model="turns", input=turn)

    assert plant.upstream.asked[-1][0] != owner
    assert [item.get("type") for item in plant.upstream.last["input"]] == [None, "message"]
    assert "id" not in plant.upstream.last["input"][1]
    assert got.headers["x-lockgate-lost"] == "ids from elsewhere, thoughts of another provider"


def test_S79_an_answer_whose_holder_is_down_is_asked_for_nowhere_else(plant: Plant) -> None:
    first = ask(plant, "turns", "hi")
    plant.upstream.down = {plant.upstream.asked[-1][0]}
    plant.upstream.asked.clear()

    with pytest.raises(openai.InternalServerError):
        ask(plant, "turns", "more", previous_response_id=first.id)

    assert {key for key, _, _ in plant.upstream.asked} == plant.upstream.down


def test_sticky_by_the_answer_is_the_same_target_and_credential(plant: Plant) -> None:
    for number, key in enumerate([ALICE, BOB, CAROL]):
        first = ask(plant, "sticky", f"hi {number}", key)
        place = plant.upstream.asked[-1][0], plant.upstream.last["model"]
        for _ in range(3):
            first = ask(plant, "sticky", "more", key, previous_response_id=first.id)
            assert (plant.upstream.asked[-1][0], plant.upstream.last["model"]) == place


@pytest.mark.parametrize(
    "asked",
    [{"previous_response_id": "resp_1"}, {"store": True}, {"tools": [{"type": "web_search"}]}, {"background": True}, {"conversation": "conv_1"}, {"prompt": {"id": "pmpt_1"}}],
    ids=lambda asked: next(iter(asked)),
)  # fmt: skip
def test_a_target_that_cannot_keep_it_refuses_it(plant: Plant, asked: dict[str, Any]) -> None:
    with pytest.raises(openai.BadRequestError) as caught:
        ask(plant, "plain", "hi", **asked)

    assert str(caught.value.param).startswith(next(iter(asked)))
    assert not plant.upstream.asked


def test_where_targets_differ_the_one_that_can_is_asked(plant: Plant) -> None:
    first = [ask(plant, "mixed", "one", store=True) for _ in range(3)]
    second = [ask(plant, "mixed", "two", previous_response_id=each.id) for each in first]
    searched = [ask(plant, "mixed", "three", tools=[{"type": "web_search"}]) for _ in range(3)]

    assert [each.output_text for each in second] == ["one|two"] * 3
    assert [each.output_text for each in searched] == ["three"] * 3
    assert {path for _, path, _ in plant.upstream.asked} == {"/v1/responses"}
    assert {ask(plant, "mixed", "plain").output_text for _ in range(4)} == {"translated", "plain"}


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
def test_rules_hold_there_too(plant: Plant, *, stream: bool) -> None:
    first = ask(plant, "team", "hi", stream=stream)
    with pytest.raises(openai.BadRequestError, match="no-bluebird"):
        ask(plant, "team", "the bluebird", previous_response_id=first.id, stream=stream)

    plant.upstream.says = " and a robin"
    masked = ask(plant, "team", "two", previous_response_id=first.id, stream=stream)
    third = ask(plant, "team", "three", previous_response_id=masked.id, stream=stream)

    assert "robin" not in masked.output_text
    assert masked.output_text.startswith("hi|two and a ")
    assert third.output_text.startswith("hi|two|three")


def test_the_clients_own_reading_of_a_stream_is_whole(plant: Plant) -> None:
    """Masked in the middle: from there on it is written anew."""
    plant.upstream.says = " and a robin and more"
    for asked, text in (({}, "hi and a"), ({"tools": [WEATHER]}, "hi and a")):
        with plant.client(ALICE).responses.stream(model="team", input="hi", **asked) as stream:
            events = list(stream)
            final = stream.get_final_response()

        assert final.output_text.startswith(text)
        assert final.output_text.endswith("and more")
        assert "robin" not in str(events)
        assert [item.type for item in final.output] == ["reasoning", "message", *(["function_call"] if asked else [])]
        plant.upstream.says = " done"
        more = ask(plant, "team", "two", previous_response_id=final.id)
        assert more.output_text == "hi|two done"
        plant.upstream.says = " and a robin and more"


def test_a_stream_that_is_blocked_in_the_middle_ends_as_the_items_that_it_began(plant: Plant) -> None:
    plant.upstream.says = " and so on, and on" * 20 + " the bluebird"
    with plant.client(ALICE).responses.stream(model="team", input="hi") as stream:
        events = list(stream)

    assert events[-1].type == "response.incomplete"
    assert "bluebird" not in str(events)
    assert {item.id for item in events[-1].response.output} == {
        e.item.id for e in events if e.type == "response.output_item.added"
    }


def test_what_is_held_is_not_given_again_from_memory(plant: Plant) -> None:
    for key in (ALICE, BOB):
        ask(plant, "cached", "the same", key)
    assert len(plant.upstream.asked) == 2

    for key in (ALICE, BOB):
        ask(plant, "cached", "not held", key, store=False)
    assert len(plant.upstream.asked) == 3


def test_the_record_says_who_was_asked(plant: Plant) -> None:
    got = plant.client(ALICE).responses.with_raw_response.create(model="team", input="hi")
    line = plant.gateway.outcome(got.headers["x-request-id"])

    assert (line["upstream"], line["status"], line["end"], line["dialect"]) == (
        "ours",
        200,
        "complete",
        "openai_responses",
    )
    assert line["usage"]["output"] == 5


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
def test_values_that_left_as_tokens_come_back_turns_later(plant: Plant, *, stream: bool) -> None:
    first = ask(plant, "tokens", "I am ann@mail.example", stream=stream)
    assert plant.upstream.last["input"] == "I am <EMAIL_1>"
    assert first.output_text == "I am ann@mail.example"

    second = ask(plant, "tokens", "and ben@mail.example", previous_response_id=first.id, stream=stream)
    third = ask(plant, "tokens", "who?", previous_response_id=second.id, stream=stream)

    assert plant.upstream.last["input"] == "who?"
    assert third.output_text == "I am ann@mail.example|and ben@mail.example|who?"


def test_where_a_team_shares_answers_it_shares_their_tokens(plant: Plant) -> None:
    """Or one token would mean two values to one model."""
    first = ask(plant, "tokens", "I am ann@mail.example")
    second = ask(plant, "tokens", "and ben@mail.example", BOB, previous_response_id=first.id)

    assert plant.upstream.last["input"] == "and <EMAIL_2>"
    assert second.output_text == "I am ann@mail.example|and ben@mail.example"


def test_conversations_that_begin_alike_keep_their_values_apart(plant: Plant) -> None:
    """Two people behind one key: what one of them hid, a model may not say to the other."""
    one, other = (ask(plant, "tokens", "hello") for _ in range(2))
    mine = ask(plant, "tokens", "I am eve@mail.example", previous_response_id=one.id)
    theirs = ask(plant, "tokens", "I am fay@mail.example", previous_response_id=other.id)
    plant.upstream.says = " <EMAIL_1>"

    assert ask(plant, "tokens", "who?", previous_response_id=mine.id).output_text.endswith("who? eve@mail.example")
    assert ask(plant, "tokens", "who?", previous_response_id=theirs.id).output_text.endswith("who? fay@mail.example")
    assert ask(plant, "tokens", "hello").output_text == "hello <EMAIL_1>"


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
def test_what_was_said_before_counts_for_what_may_be_called(plant: Plant, *, stream: bool) -> None:
    """Nobody here sees what is held: it may be private, and untrusted."""
    first = ask(plant, "flows", "hello", tools=[WEATHER])
    assert first.output[-1].type == "function_call"

    with pytest.raises(openai.BadRequestError, match="no-way-out"):
        ask(plant, "flows", "and now?", tools=[WEATHER], previous_response_id=first.id)
    if stream:
        events = list(plant.client(ALICE).responses.create(
            model="flows", input="and now?", tools=[WEATHER], previous_response_id=first.id, stream=True
        ))  # fmt: skip
        assert events[-1].type == "response.incomplete"
        assert "Kyoto" not in str(events)


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
def test_a_tool_that_a_key_may_not_use_is_neither_offered_nor_called(plant: Plant, *, stream: bool) -> None:
    for tool in (
        WEATHER,
        {"type": "web_search"},
        {"type": "mcp", "server_label": "x", "server_url": "https://mcp.example"},
    ):
        with pytest.raises(openai.PermissionDeniedError):
            ask(plant, "team", "hi", DAVE, tools=[tool], stream=stream)
    assert not plant.upstream.asked

    search = {**WEATHER, "name": "search"}  # and then the model calls the other one
    if stream:
        events = list(plant.client(DAVE).responses.create(model="team", input="hi", tools=[search], stream=True))
        assert events[-1].type == "response.incomplete"
        assert "Kyoto" not in str(events)
    else:
        with pytest.raises(openai.BadRequestError, match="weather"):
            ask(plant, "team", "hi", DAVE, tools=[search])


def test_what_is_not_in_the_request_counts_as_much_as_the_model_takes(plant: Plant) -> None:
    first = ask(plant, "team", "hi", DAVE, max_output_tokens=100)

    with pytest.raises(openai.RateLimitError):  # 1,048,576 and a million are more than two
        ask(plant, "team", "hi", DAVE, max_output_tokens=1_000_000, previous_response_id=first.id)

    assert plant.upstream.last["max_output_tokens"] == 100


def test_what_may_have_been_acted_on_is_asked_once(plant: Plant) -> None:
    plant.upstream.broken = True
    for tools, times in (
        ([WEATHER], 2),
        ([{"type": "web_search"}], 1),
        ([{"type": "mcp", "server_label": "x", "server_url": "https://m.example"}], 1),
    ):
        plant.upstream.asked.clear()
        with pytest.raises(openai.InternalServerError):
            ask(plant, "turns", "hi", tools=tools)
        assert len(plant.upstream.asked) == times
