"""Values leave as tokens, and come back to those that sent them, and to nobody else."""

import json
from typing import Any

import pytest

from lockgate.core.guard import Rule, Scope
from lockgate.core.problem import Kind
from tests.fakes import Answered
from tests.unit.pipeline.gateway import claude_stream, openai_answer, openai_stream
from tests.unit.pipeline.tokened import CARD, MAIL, OTHER, TOKENIZE, World, arguments, calling, model, user

WAYS = pytest.mark.parametrize("answer", [openai_answer, openai_stream], ids=["whole", "streamed"])


@WAYS
async def test_a_value_goes_out_as_a_token_and_comes_back(answer: Any) -> None:
    world = World()

    told = await world.ask(answer("Write to <EMAIL_1>, pay with <CREDIT_CARD_1>."), user(f"I am {MAIL}, {CARD}"), stream=answer is openai_stream)  # fmt: skip

    assert told.said == ["I am <EMAIL_1>, <CREDIT_CARD_1>"]
    assert told.text == f"Write to {MAIL}, pay with {CARD}."
    assert [(f.rule, f.label, f.action) for f in world.notes.outcome.findings] == [
        ("privacy", "email", "tokenize"),
        ("privacy", "credit_card", "tokenize"),
    ]
    assert MAIL not in str(world.notes.records)


async def test_history_comes_with_values_and_goes_out_with_the_same_tokens() -> None:
    world = World()
    first = user(f"mail to {MAIL} or {OTHER}")
    await world.ask(openai_answer(), first)

    told = await world.ask(
        openai_stream("<EMAIL_", "2", ">"), first, model(f"Dear {OTHER},"), user(f"no, {MAIL} and {CARD}"), stream=True
    )

    assert told.said == ["mail to <EMAIL_1> or <EMAIL_2>", "Dear <EMAIL_2>,", "no, <EMAIL_1> and <CREDIT_CARD_1>"]
    assert told.text == OTHER


async def test_a_value_that_is_known_goes_out_nowhere_even_where_no_guard_would_find_it() -> None:
    world = World()
    first = user("My name is Ann-Marie de Vries.")
    await world.ask(openai_answer(), first)

    told = await world.ask(
        openai_answer("<PERSON_1>"), first, model("xAnn-Marie de Vriesx"), user("Ann-Marie de Vries?")
    )

    assert "Vries" not in told.sent
    assert told.text == "Ann-Marie de Vries"


async def test_another_dialect_upstream_has_the_same_tokens() -> None:
    world = World()
    first = user(f"mail to {MAIL}")
    await world.ask(openai_answer(), first)

    told = await world.ask(
        claude_stream("to <em", "ail_2>!"), first, model(MAIL), user(OTHER), model="cross", stream=True
    )

    assert [json.loads(told.sent)["messages"][at]["content"] for at in (0, 1, 2)] == [
        "mail to <EMAIL_1>",
        "<EMAIL_1>",
        "<EMAIL_2>",
    ]
    assert told.text == f"to {OTHER}!"


async def test_the_last_number_is_never_given_twice_and_a_client_that_comes_back_has_the_same_ones() -> None:
    world = World()
    await world.ask(openai_answer(), user(MAIL), session="s")
    await world.ask(openai_answer(), user(OTHER), session="s")

    told = await world.ask(openai_answer("<EMAIL_1> <EMAIL_2>"), user(f"{CARD}"), session="s")

    assert told.said == ["<CREDIT_CARD_1>"]
    assert told.text == f"{MAIL} {OTHER}"  # the client says that it is one conversation


@WAYS
async def test_without_a_session_only_values_of_this_very_request_come_back(answer: Any) -> None:
    world = World()
    begin = user("Hello, I need help.")
    await world.ask(openai_answer(), begin, model("yes?"), user(f"it is {MAIL}"))

    stream = answer is openai_stream
    told = await world.ask(answer("<EMAIL_1> EMAIL_1 <EMAIL_2>"), begin, model("yes?"), user(f"{OTHER}"), stream=stream)

    assert told.said[-1] == "<EMAIL_2>"
    assert told.text == f"<EMAIL_1> EMAIL_1 {OTHER}"


@WAYS
@pytest.mark.parametrize("session", ["", "main"])
async def test_nobody_gets_what_belongs_to_another_key(answer: Any, session: str) -> None:
    world = World()
    begin = user(f"Hello, I am {MAIL}.")
    await world.ask(openai_answer(), begin, session=session)

    stream = answer is openai_stream
    told = await world.ask(answer("<EMAIL_1> and <EMAIL_2>"), user(OTHER), key="bob", session=session, stream=stream)

    assert told.text == f"{OTHER} and <EMAIL_2>"
    assert (await world.ask(answer("<EMAIL_1>"), user("hi"), key="bob", session="x", stream=stream)).text == "<EMAIL_1>"


@pytest.mark.parametrize("literal", ["<EMAIL_1>", "EMAIL_1", "<email_1>", "&lt;EMAIL_1&gt;", "<TEXT_1>", "< Email 1 >"])
async def test_what_the_client_wrote_itself_comes_back_as_it_was(literal: str) -> None:
    world = World()
    first = user(f"I am {MAIL}")
    await world.ask(openai_answer(), first)
    asked = f"What is {literal} in a template?"

    told = await world.ask(openai_answer("echo"), first, model("yes"), user(asked))
    seen = told.said[-1].removeprefix("What is ").removesuffix(" in a template?")
    told = await world.ask(openai_answer(f"{seen} is not <EMAIL_1>"), first, model("yes"), user(asked))

    assert told.text == f"{literal} is not {MAIL}"


@pytest.mark.parametrize("literal", ["<EMAIL_1>", "EMAIL_2", "&lt;email_1&gt;"])
async def test_a_token_that_the_client_wrote_first_is_given_to_nobody(literal: str) -> None:
    world = World()

    told = await world.ask(openai_answer(f"{literal} <EMAIL_3> <EMAIL_2>"), user(f"{literal} {MAIL} {OTHER}"))

    assert literal in told.said[0]
    assert literal in told.text
    assert MAIL not in told.sent
    assert OTHER not in told.sent


async def test_arguments_of_tools_and_their_results() -> None:
    world = World()
    call = {"id": "c1", "type": "function", "function": {"name": "mail", "arguments": json.dumps({"to": MAIL, "n": 1})}}
    history = [
        user("write to them"),
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "c1", "content": json.dumps({"sent": MAIL})},
    ]

    told = await world.ask(calling("mail", '{"to": "<EMAIL_1>", "a\\u003c": "\\u003cEMAIL_1\\u003e"}'), *history)

    sent = json.loads(told.sent)["messages"]
    assert json.loads(sent[1]["tool_calls"][0]["function"]["arguments"]) == {"to": "<EMAIL_1>", "n": 1}
    assert sent[2]["content"] == '{"sent": "<EMAIL_1>"}'
    assert arguments(told.raw) == {"to": MAIL, "a<": MAIL}


async def test_a_tool_that_may_not_have_values_gets_tokens_and_may_say_them_again() -> None:
    world = World(tools=("crm_*",))
    first = user(f"look for {MAIL}")

    told = await world.ask(calling("web_search", '{"q": "<EMAIL_1>"}'), first)
    assert arguments(told.raw) == {"q": "<EMAIL_1>"}
    history = [first, json.loads(told.raw)["choices"][0]["message"], {"role": "tool", "tool_call_id": "c1", "content": "no <EMAIL_1>"}]  # fmt: skip
    told = await world.ask(openai_answer("nothing about <EMAIL_1>"), *history)

    assert "<TEXT" not in told.sent
    assert told.text == f"nothing about {MAIL}"
    assert arguments((await world.ask(calling("crm_find", '{"q": "<EMAIL_1>"}'), *history)).raw) == {"q": MAIL}


async def test_a_form_instead_of_a_label() -> None:
    world = World(rules=(Rule("privacy", 0, "tokenize", frozenset(("request",)), style="format"),))

    told = await world.ask(openai_answer("USER1@example.com, 4000000000000010"), user(f"{MAIL} {CARD}"))
    assert told.said == ["user1@example.com 4000 0000 0000 0010"]
    assert told.text == f"{MAIL}, {CARD}"

    true = await world.ask(openai_answer("user1@example.com"), user("user1@example.com"), key="bob")
    assert true.said == ["user2@example.com"]
    assert true.text == "user1@example.com"


async def test_rules_for_answers_see_tokens_and_values_come_last() -> None:
    seen = Rule("mask", 0, "mask", frozenset(("response",)))
    block = Rule("bird", 1, "block", frozenset(("response",)))
    world = World(rules=(TOKENIZE, seen, block))

    told = await world.ask(openai_stream("<EMAIL_1> or ", OTHER, "."), user(MAIL), stream=True)
    assert told.text == f"{MAIL} or [EMAIL]."
    told = await world.ask(openai_stream("<EMAIL_1> has a ", "blue", "bird"), user(MAIL), stream=True)
    assert told.text == f"{MAIL} has a "
    assert (await world.ask(openai_answer("a bluebird"), user(MAIL))).reply.status == Kind.BLOCKED.status


async def test_a_rule_before_it_that_masks_wins_where_they_meet() -> None:
    mask = Rule("mask", 0, "mask", frozenset(("request",)))

    told = await World(rules=(mask, TOKENIZE)).ask(openai_answer("[EMAIL] <EMAIL_1>"), user(MAIL))

    assert told.said == ["[EMAIL]"]
    assert told.text == "[EMAIL] <EMAIL_1>"


async def test_in_shadow_nothing_happens() -> None:
    shadow = Rule("privacy", 0, "tokenize", frozenset(("request",)), mode="shadow")
    world = World(rules=(shadow,))

    told = await world.ask(openai_answer(f"<EMAIL_1> {MAIL}"), user(MAIL))

    assert told.said == [MAIL]
    assert [f.action for f in world.notes.outcome.findings] == ["shadow"]


async def test_names_of_fields_and_numbers() -> None:
    world = World()
    schema = {"type": "object", "properties": {MAIL: {"type": "string"}}}
    tool = {"type": "function", "function": {"name": "f", "parameters": schema}}

    told = await world.ask(calling("f", '{"<EMAIL_1>": "x"}'), user(CARD.replace(" ", "")), tools=[tool], metadata={"n": 4111111111111111})  # fmt: skip

    sent = json.loads(told.sent)
    assert sent["tools"][0]["function"]["parameters"]["properties"] == {"<EMAIL_1>": {"type": "string"}}
    assert sent["metadata"]["n"] == sent["messages"][0]["content"] == "<CREDIT_CARD_1>"
    assert arguments(told.raw) == {MAIL: "x"}


async def test_what_is_no_text_of_the_answer_is_restored_to_the_letter() -> None:
    message = {"role": "assistant", "content": "ok", "annotations": [{"title": "mail of <EMAIL_1>, EMAIL_1"}]}
    document = {"id": "<EMAIL_9>", "choices": [{"index": 0, "message": message, "finish_reason": "stop"}]}

    told = await World().ask(Answered(200, [json.dumps(document).encode()]), user(MAIL))

    assert json.loads(told.raw)["choices"][0]["message"]["annotations"] == [{"title": f"mail of {MAIL}, EMAIL_1"}]
    assert json.loads(told.raw)["id"] == "<EMAIL_9>"


async def test_a_rule_for_some_is_for_nobody_else() -> None:
    some = Rule("privacy", 0, "tokenize", frozenset(("request",)), scope=Scope(keys=frozenset(("key_ann",))))
    world = World(rules=(some,))

    mine = await world.ask(openai_answer("<EMAIL_1>"), user(MAIL))
    others = await world.ask(openai_answer("<EMAIL_1>"), user(MAIL), key="bob")

    assert (mine.said, mine.text) == (["<EMAIL_1>"], MAIL)
    assert (others.said, others.text) == ([MAIL], "<EMAIL_1>")
