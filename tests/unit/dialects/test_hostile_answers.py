"""Answers that a typed decoder accepts, because it skips what is wrong with them: a problem, never another exception."""

import pytest

from lockgate.core.dialect import Ask
from lockgate.core.problem import Kind, Problem
from lockgate.dialects import gemini_generate, openai_chat


@pytest.mark.parametrize(
    "raw",
    [
        b'{"choices":[{"message":{"role":1e999,"content":"x"}}]}',
        b'{"choices":[{"message":{"content":"x"}}],"\xff":1}',
    ],
    ids=["number out of range", "a key that is not UTF-8"],
)
def test_openai_answers_with_skipped_nonsense(raw: bytes) -> None:
    with pytest.raises(Problem) as refused:
        openai_chat.plugin.decode_answer(raw, Ask("m"))

    assert refused.value.kind is Kind.BAD_UPSTREAM


def test_gemini_counts_nothing_below_zero() -> None:
    usage = gemini_generate.plugin.unary_usage(b'{"usageMetadata":{"promptTokenCount":-1,"candidatesTokenCount":2}}')

    assert usage is not None
    assert (usage.input, usage.output) == (0, 2)
