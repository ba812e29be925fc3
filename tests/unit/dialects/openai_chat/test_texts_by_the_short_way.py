"""Texts of a chat whose messages are a role and one text: by the short way and by its plain twin the same, in the same order."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from lockgate.core.slots import walk
from lockgate.dialects.openai_chat.texts import _every, _place, _role

WORDS = ("", "role", "content", "user", "system", "text", "hello", "data:text/plain;base64,aGVsbG8=")
LEAVES = st.sampled_from(WORDS) | st.integers(0, 9) | st.none()
TREES = st.recursive(
    LEAVES,
    lambda below: st.lists(below, max_size=3) | st.dictionaries(st.sampled_from(WORDS), below, max_size=3),
    max_leaves=8,
)
ROLES = st.sampled_from(["user", "system", "tool", "odd", "", 7])
MESSAGES = st.lists(st.fixed_dictionaries({"role": ROLES, "content": LEAVES | TREES}) | TREES, max_size=4)
DOCUMENTS = st.fixed_dictionaries({}, optional={"model": TREES, "messages": MESSAGES | TREES, "tools": TREES}) | TREES


@given(DOCUMENTS)
def test_a_chat_says_what_a_walk_of_it_says(tree: Any) -> None:
    messages = tree.get("messages") if isinstance(tree, dict) else None
    roles = [_role(each) for each in messages] if isinstance(messages, list) else []

    assert _every(tree) == list(walk(tree, lambda path: _place(path, roles)))
