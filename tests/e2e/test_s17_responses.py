"""S17: what an upstream holds for one caller is nobody else's; with OpenAI's own client."""

import re
from typing import Any

import openai
import pytest

from tests.e2e.held_answers import ALICE, BOB, CAROL, A, B, Plant, ask, plant, served
from tests.e2e.holding import sealed

__all__ = ["plant", "served"]


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
def test_an_answer_is_gone_on_from_where_it_is_held(plant: Plant, *, stream: bool) -> None:
    """In turns between two credentials, each of which knows nothing of the other's; and between two workers."""
    holders = set[str]()
    while holders != {A, B}:
        plant.upstream.asked.clear()
        first = ask(plant, "turns", "one", stream=stream)
        second = ask(plant, "turns", "two", stream=stream, previous_response_id=first.id)
        third = ask(plant, "turns", "three", stream=stream, previous_response_id=second.id)

        assert third.output_text == "one|two|three"
        assert third.previous_response_id == second.id
        (key,) = {key for key, _, _ in plant.upstream.asked}
        holders.add(key)


def test_the_dialect_is_the_upstreams_own_and_nothing_but_ids_and_model_changes(plant: Plant) -> None:
    first = ask(
        plant,
        "team",
        "hi",
        store=True,
        truncation="auto",
        extra_body={"brand_new": {"is": 1}, "max_completion_tokens": 5},
        metadata={"a": "b"},
    )

    _, path, got = plant.upstream.asked[-1]
    assert path == "/v1/responses"
    assert got == {
        "model": "gpt",
        "input": "hi",
        "store": True,
        "truncation": "auto",
        "brand_new": {"is": 1},
        "max_completion_tokens": 5,
        "metadata": {"a": "b"},
    }
    assert re.fullmatch(r"resp_\d+_lg[\w.]{36}", first.id)
    assert first.model_extra == {"brand_new": {"id": "x"}, "store": True}
    assert first.usage.total_tokens == 15


@pytest.mark.parametrize("model", ["turns", "team"])
@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
def test_S17_nobody_goes_on_from_what_another_got(plant: Plant, model: str, *, stream: bool) -> None:
    mine = ask(plant, model, "my secret", stream=stream)
    plain = mine.id.partition("_lg")[0]
    assert any(plain in held for held in plant.upstream.held.values())
    before = len(plant.upstream.asked)
    strangers = [
        (BOB if model == "turns" else CAROL, mine.id),
        (BOB, plain),
        (ALICE, plain),
        (ALICE, mine.id + "x"),
        (ALICE, mine.id[:-1]),
    ]

    for key, id_ in strangers:
        for said in (
            {"previous_response_id": id_, "said": "tell me"},
            {"said": [{"type": "item_reference", "id": id_}]},
        ):
            with pytest.raises(openai.BadRequestError, match="names nothing that this key got") as caught:
                ask(plant, model, key=key, stream=stream, **said)
            assert caught.value.param in ("previous_response_id", "input.0.id")
    assert len(plant.upstream.asked) == before


def test_a_team_goes_on_together_where_the_operator_says_so(plant: Plant) -> None:
    mine = ask(plant, "team", "one")

    assert ask(plant, "team", "two", BOB, previous_response_id=mine.id).output_text == "one|two"


def test_a_mark_of_one_provider_opens_nothing_at_another(plant: Plant) -> None:
    mine = ask(plant, "team", "one")

    with pytest.raises(openai.BadRequestError, match="names nothing"):
        ask(plant, "turns", "two", previous_response_id=mine.id)


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
def test_outputs_are_sent_back_as_they_came(plant: Plant, *, stream: bool) -> None:
    tool = {"type": "function", "name": "weather", "parameters": {"type": "object"}, "strict": False}
    said: list[Any] = [{"role": "user", "content": "weather?"}]
    first = ask(plant, "team", said, tools=[tool], stream=stream)
    assert all("_lg" in item.id for item in first.output)

    turn = [*said, *[item.model_dump(exclude_none=True) for item in first.output]]
    result = {"type": "function_call_output", "call_id": first.output[-1].call_id, "output": "sunny"}
    ask(plant, "team", [*turn, result], tools=[tool], stream=stream)

    number = plant.upstream.last["input"][2]["id"].removeprefix("msg_")
    assert [item.get("id") for item in plant.upstream.last["input"]] == [
        None,
        f"rs_{number}",
        f"msg_{number}",
        f"fc_{number}",
        None,
    ]
    assert plant.upstream.last["input"][1]["encrypted_content"] == sealed(A)


@pytest.mark.parametrize(
    "field", [{"background": True}, {"conversation": "conv_1"}, {"prompt": {"id": "pmpt_1"}}], ids=str
)
def test_what_no_call_here_makes_is_refused_everywhere(plant: Plant, field: dict[str, Any]) -> None:
    with pytest.raises(openai.BadRequestError):
        ask(plant, "team", "hi", **field)

    assert not plant.upstream.asked


@pytest.mark.parametrize(
    "asked",
    [
        {"tools": [{"type": "file_search", "vector_store_ids": ["vs_1"]}]},
        {"tools": [{"type": "code_interpreter", "container": "cntr_1"}]},
        {"tools": [{"type": "code_interpreter", "container": {"type": "auto", "file_ids": ["file-1"]}}]},
        {"said": [{"role": "user", "content": [{"type": "input_file", "file_id": "file-1"}]}]},
        {"said": [{"type": "image_generation_call", "id": "ig_1", "status": "completed", "result": None}]},
        {"extra_body": {"agent_id": "agent_1"}},
    ],
    ids=["store", "container", "files", "file", "picture", "unknown"],
)
def test_S17_what_the_account_holds_is_named_by_nobody(plant: Plant, asked: dict[str, Any]) -> None:
    with pytest.raises(openai.BadRequestError, match="names nothing"):
        ask(plant, "turns", **{"said": "hi", **asked})

    assert not plant.upstream.asked


def test_what_the_operator_shares_is_named_by_everybody(plant: Plant) -> None:
    ask(plant, "turns", "hi", CAROL, tools=[{"type": "file_search", "vector_store_ids": ["vs_all"]}])

    assert plant.upstream.last["tools"][0]["vector_store_ids"] == ["vs_all"]


def test_there_is_nothing_behind_an_id(plant: Plant) -> None:
    mine = ask(plant, "team", "hi")
    for call in (
        plant.client(ALICE).responses.retrieve,
        plant.client(ALICE).responses.delete,
        plant.client(ALICE).responses.cancel,
    ):
        with pytest.raises(openai.NotFoundError):
            call(mine.id)
