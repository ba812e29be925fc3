"""Messages of a role and a text take a short way: the long one, which a name that is null forces, gives the same."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lockgate.core.dialect import Ask
from lockgate.core.problem import Problem
from lockgate.dialects.openai_chat.chat import decode

roles = st.sampled_from(["system", "developer", "user", "assistant", "tool", "function", "else", None, 1])
contents = st.sampled_from(["", " ", "hi", None, 5, [], [{"type": "text", "text": "a"}], {"type": "text"}])
node = st.fixed_dictionaries({"role": roles, "content": contents})


def read(messages: list[dict[str, Any]]) -> object:
    try:
        return decode(msgspec.json.encode({"model": "m", "messages": messages}), Ask("m"))
    except Problem as problem:
        return problem.kind, problem.detail, problem.where


@given(st.lists(node, max_size=5))
def test_the_short_way_gives_what_the_long_one_gives(messages: list[dict[str, Any]]) -> None:
    assert read(messages) == read([{**message, "name": None} for message in messages])


@pytest.mark.parametrize("other", ["name", "cache_control", "made_up"])
def test_one_field_more_is_not_the_short_way(other: str) -> None:
    assert read([{"role": "user", "content": "hi"}]) != read([{"role": "user", "content": "hi", other: "x"}])
