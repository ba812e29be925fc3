"""However much a request names, or has in it: there is an end to looking, and no ordinary request gets there."""

from collections.abc import Callable
from typing import Any

import pytest

from lockgate.core.named_fields import NAME
from lockgate.core.problem import Problem
from lockgate.core.steps import MOST, WORDS
from lockgate.dialects import anthropic_messages, gemini_generate, openai_chat, openai_embeddings, openai_responses
from lockgate.dialects.openai_responses.held import ID

MARK = "_lg" + "A" * 36
OPENED: dict[str, Callable[..., Any]] = {
    **{
        each.name: each.naming.opened
        for each in (openai_chat.plugin, anthropic_messages.plugin, gemini_generate.plugin, openai_embeddings.plugin)
        if each.naming is not None
    },
    **({openai_responses.plugin.name: openai_responses.plugin.holds.opened} if openai_responses.plugin.holds else {}),
}
TOO_MANY: dict[str, Any] = {
    "right ids": {"agent_ids": ["a"] * MOST},
    "right ids one by one": [{"agent_id": "a"}] * MOST,
    "empty objects": [{}] * MOST,
    "empty lists": [[]] * (MOST + 1),
    "fields": {f"f{i}": 1 for i in range(MOST)},
    "lists of lists": [[[[]]]] * (MOST // 2),
    "words": ["x"] * WORDS * MOST,
    "ids that say nothing": {"agent_ids": [None] * MOST},
}


@pytest.mark.parametrize("many", TOO_MANY)
@pytest.mark.parametrize("dialect", OPENED)
def test_there_is_an_end_to_looking(dialect: str, many: str) -> None:
    asked = list[str]()

    def noted(id_: str) -> str:
        asked.append(id_)
        return id_

    with pytest.raises(Problem, match="too many fields and ids to look through"):
        OPENED[dialect]({"model": "m", "new": TOO_MANY[many]}, noted)

    assert len(asked) <= MOST // min(NAME, ID)


def test_there_is_an_end_where_nothing_is_refused() -> None:
    asked = list[str]()
    items = [{"role": "user", "content": "x", "id": f"msg_{i}{MARK}"} for i in range(MOST // 4)]

    with pytest.raises(Problem, match="too many"):
        OPENED["openai_responses"]({"model": "m", "input": items}, asked.append)

    assert len(asked) < MOST // ID


@pytest.mark.parametrize("dialect", OPENED)
def test_what_is_long_is_looked_through(dialect: str) -> None:
    """Six thousand turns; numbers and texts in a list; what is called an id and says nothing."""
    call = {"id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}}
    turns = [{"role": "user", "content": "x"}, {"role": "assistant", "content": None, "tool_calls": [call]}] * 3000
    tree = {"model": "m", "messages": turns, "words": ["x"] * 2 * MOST, "numbers": [1] * 2 * MOST, "user_id": None}

    assert OPENED[dialect](tree, lambda id_: id_) == (tree, ())


def test_a_long_session_of_an_agent_is_looked_through() -> None:
    turn: list[dict[str, Any]] = [
        {"type": "reasoning", "id": "rs_1" + MARK, "summary": [], "encrypted_content": "sealed" + MARK},
        {"type": "function_call", "id": "fc_1" + MARK, "call_id": "c", "name": "f", "arguments": "{}"},
        {"type": "function_call_output", "call_id": "c", "output": "x"},
    ]

    _, lost = OPENED["openai_responses"]({"model": "m", "input": turn * 2500}, lambda id_: id_)

    assert lost == ()
