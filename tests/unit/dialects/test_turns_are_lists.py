"""A conversation of the wrong type is refused here, in every dialect, whoever the upstream is; what is missing is the upstream's to say."""

import pytest

from lockgate.core.body import head
from lockgate.core.dialect import Dialect, Target
from lockgate.core.problem import Kind, Problem
from lockgate.core.registry import tables

KEYS = {
    "openai_chat": "messages",
    "anthropic_messages": "messages",
    "ollama_chat": "messages",
    "gemini_generate": "contents",
}
TARGET = Target({"model": "m", "verb": "generateContent"})


@pytest.mark.parametrize("wrong", ['"hi"', "5", "true", '{"0":{}}'])
@pytest.mark.parametrize("name", KEYS)
def test_what_is_no_list_is_refused(name: str, wrong: str) -> None:
    key, dialect = KEYS[name], tables("lockgate.dialects", Dialect)[name]
    target = TARGET if name == "gemini_generate" else Target()

    with pytest.raises(Problem, match=f"{key} must be a list") as caught:
        dialect.ask(target, head(f'{{"model":"m","{key}": {wrong}}}'.encode()))

    assert (caught.value.kind, caught.value.where) == (Kind.INVALID, key)
    for right in ("[]", " [5]", "null"):
        assert dialect.ask(target, head(f'{{"model":"m","{key}": {right}}}'.encode())).model == "m"
